# Writes which commit is built to OUTPUT, for `tessera --version -v`; "unknown" where SOURCE is not a
# git work tree of its own, such as an unpacked archive. Touches the file only where that changed.
# usage: cmake -D SOURCE=<source folder> -D OUTPUT=<header> -P cmake/WriteCommit.cmake

set(commit "unknown")
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE found RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(commit ${found})
    execute_process(COMMAND ${git} -C ${SOURCE} diff-index --quiet HEAD --
      RESULT_VARIABLE changed ERROR_QUIET)
    if(changed)
      string(APPEND commit " and changes")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define TESSERA_COMMIT \"${commit}\"\n")
