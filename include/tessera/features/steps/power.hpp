/// \file
/// Powers that bring a column near to a normal distribution: Box and Cox (1964), of positive
/// values, and Yeo and Johnson (2000), of all.
#pragma once

namespace tessera::features {

enum class Power {
  kNone,
  kBoxCox,      ///< (x^lambda - 1) / lambda
  kYeoJohnson,  ///< that of x + 1; below 0 the mirror image with 2 - lambda
};

/// Powers are looked for within [-kLargestLambda, kLargestLambda].
inline constexpr double kLargestLambda = 5;

}  // namespace tessera::features
