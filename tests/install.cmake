# Fails unless the installed program runs from where it was installed.
# usage: cmake -D BUILD=<build folder> -P tests/install.cmake

set(prefix ${BUILD}/installed)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${prefix}/bin/tessera --version
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE version)
if(NOT version MATCHES "^tessera [0-9]+\\.[0-9]+\\.[0-9]+ ")
  message(FATAL_ERROR "tessera --version says '${version}'")
endif()
