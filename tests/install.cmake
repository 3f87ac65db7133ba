# Fails unless the installed program runs from where it was installed, and the examples build and run
# against the installed package.
# usage: cmake -D BUILD=<build folder> -D EXAMPLES=<folder>|"" -D CXX=<compiler> -P tests/install.cmake

set(prefix ${BUILD}/installed)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
set(tessera ${prefix}/bin/tessera)
execute_process(COMMAND ${tessera} --version COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE version)
if(NOT version MATCHES "^tessera [0-9]+\\.[0-9]+\\.[0-9]+ ")
  message(FATAL_ERROR "tessera --version says '${version}'")
endif()
if(NOT EXAMPLES)
  return()
endif()

set(build ${BUILD}/examples)
execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${EXAMPLES} -B ${build}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${CXX} -D CMAKE_BUILD_TYPE=Release
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

# Runs a command in the folder of the examples, and expects its output to match.
function(expect pattern)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${build}
    COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE out)
  if(NOT out MATCHES "${pattern}")
    message(FATAL_ERROR "${ARGN} says '${out}'")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

expect("" ${tessera} generate -q --rows 600 --segments 3 --seed 4 --output customers.h5)
expect("^[0-9]+ customers\n[0-9]+ customers\n[0-9]+ customers\ndigest [0-9a-f]+\n$"
  ./train customers.h5 customer_id 3 model.h5)
string(REGEX REPLACE ".*digest ([0-9a-f]+)\n$" "\\1" digest "${out}")
expect("^${digest}" ${tessera} inspect -q --digest model.h5)
expect("^segment [123]\ndistance [0-9.]+\nmargin [0-9.]+\n" ./score_one model.h5 age=41 plan=gold)
expect("^inertia [0-9.]+\n[0-9]+ customers\n" ./own_method customers.h5 4)
