# What every target of the project is compiled with.

add_library(tessera_options INTERFACE)
target_compile_features(tessera_options INTERFACE cxx_std_20)
target_compile_options(tessera_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -Wno-missing-field-initializers  # designated initialisers name what differs from the defaults
  # One fixed order of operations: the compiler must neither fuse nor reorder floating-point
  # arithmetic on its own. Where a fused multiply-add is wanted, the code says so.
  -ffp-contract=off -fno-fast-math
  # Nobody reads errno after sqrt or llrint; without it they are single instructions.
  -fno-math-errno)
if(TESSERA_SANITIZE)
  target_compile_options(tessera_options INTERFACE
    -fsanitize=${TESSERA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE})
  target_sources(tessera_options INTERFACE ${CMAKE_CURRENT_LIST_DIR}/keep_loaded.cpp)
endif()
