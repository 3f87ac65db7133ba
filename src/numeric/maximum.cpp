#include "tessera/numeric/maximum.hpp"

#include <cmath>

namespace tessera::numeric {
namespace {

constexpr double kTolerance = 1e-9;
constexpr int kMostValues = 200;
const double kGolden = (3 - std::sqrt(5.0)) / 2;

struct Point {
  double x;
  double value;
};

/// How far the top of the parabola through three points lies from the first; 0 where it has none.
double step_to_top(const Point& best, const Point& second, const Point& third) {
  const double a = (best.x - second.x) * (best.value - third.value);
  const double b = (best.x - third.x) * (best.value - second.value);
  const double step = -((best.x - second.x) * a - (best.x - third.x) * b) / (2 * (a - b));
  return std::isfinite(step) ? step : 0;
}

}  // namespace

double place_of_maximum(double low, double high, const std::function<double(double)>& f) {
  const double middle = low + kGolden * (high - low);
  Point best{middle, f(middle)};
  Point second = best;
  Point third = best;
  double step = 0;
  double step_before = 0;
  for (int values = 1; values < kMostValues; ++values) {
    const double centre = (low + high) / 2;
    if (std::fabs(best.x - centre) <= 2 * kTolerance - (high - low) / 2) {
      break;
    }
    // a parabola's step must stay inside and be shorter than half of the last but one
    const double wanted = step_to_top(best, second, third);
    const double limit = step_before / 2;
    step_before = step;
    if (wanted != 0 && std::fabs(wanted) < std::fabs(limit) && best.x + wanted > low &&
        best.x + wanted < high) {
      step = wanted;
      const double next = best.x + step;
      if (next - low < 2 * kTolerance || high - next < 2 * kTolerance) {
        step = std::copysign(kTolerance, centre - best.x);
      }
    } else {
      step_before = (best.x < centre ? high : low) - best.x;
      step = kGolden * step_before;
    }
    const double x =
        best.x + (std::fabs(step) >= kTolerance ? step : std::copysign(kTolerance, step));
    const Point found{x, f(x)};
    if (found.value >= best.value) {
      (found.x < best.x ? high : low) = best.x;
      third = second;
      second = best;
      best = found;
      continue;
    }
    (found.x < best.x ? low : high) = found.x;
    if (found.value >= second.value || second.x == best.x) {
      third = second;
      second = found;
    } else if (found.value >= third.value || third.x == best.x || third.x == second.x) {
      third = found;
    }
  }
  return best.x;
}

}  // namespace tessera::numeric
