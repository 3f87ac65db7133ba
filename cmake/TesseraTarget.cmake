# What every target of the project is compiled with.

# One fixed order of operations: the compiler must neither fuse nor reorder floating-point arithmetic
# on its own. Where a fused multiply-add is wanted, the code says so. Goes with the installed package,
# whose headers hold arithmetic too.
add_library(tessera_arithmetic INTERFACE)
add_library(tessera::arithmetic ALIAS tessera_arithmetic)
target_compile_features(tessera_arithmetic INTERFACE cxx_std_20)
target_compile_options(tessera_arithmetic INTERFACE
  -ffp-contract=off -fno-fast-math
  # Nobody reads errno after sqrt or llrint; without it they are single instructions.
  -fno-math-errno)

add_library(tessera_options INTERFACE)
target_link_libraries(tessera_options INTERFACE tessera_arithmetic)
target_compile_options(tessera_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -Wno-missing-field-initializers)  # designated initialisers name what differs from the defaults
if(TESSERA_SANITIZE)
  target_compile_options(tessera_options INTERFACE
    -fsanitize=${TESSERA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE})
  target_sources(tessera_options INTERFACE ${CMAKE_CURRENT_LIST_DIR}/keep_loaded.cpp)
endif()
