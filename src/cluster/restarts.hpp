// How many runs: a number, or as many as a table's size allows.
#pragma once

#include <cstdint>
#include <string>

#include "tessera/base/fields.hpp"
#include "tessera/cluster/method.hpp"

namespace tessera::cluster {

/// More would take days of the smallest tables, and find nothing better.
inline constexpr std::uint32_t kMostRestarts = 1'000'000;

/// The option: "auto" or a number from 1 to kMostRestarts.
inline constexpr Field kRestartsField{
    .name = "restarts",
    .value = "N",
    .help = "runs; the one of least inertia is kept; auto: up to 20 where they take no time"};

/// Runs that "auto" makes: so many that rows x dimensions x segments x runs stays below 4 million,
/// but at least 1 and at most 20. Measured: small tables then end at their optimum whatever the
/// seed, and nobody waits for it.
[[nodiscard]] std::uint32_t automatic_restarts(const TableSize& size, std::uint64_t segments);

/// Throws kUsage about the option if it is neither.
void check_restarts(const std::string& option);

/// The number in effect.
[[nodiscard]] std::uint32_t restarts_in_effect(const std::string& option, const TableSize& size,
                                               std::uint64_t segments);

}  // namespace tessera::cluster
