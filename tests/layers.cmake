# Fails when a layer includes a later one, or when a library is spoken to outside of its folder.
# usage: cmake -D ROOT=<source folder> -P tests/layers.cmake

set(layers base comm simd numeric io table rfm features quality cluster model pipeline report app)

# header pattern = where it may stand (regular expressions)
set(confined
  "mpi\\.h=^src/comm/"
  "hdf5\\.h=^(src/io|tests/fuzz/support)/h5_"
  "zlib\\.h=^(src/io/bytes/gzip|(src|tests)/io/sealed/.*)\\.cpp$"
  "zstd\\.h=^src/io/bytes/zstd\\.cpp$"
  "libpq-fe\\.h=^src/io/postgres/libpq\\.hpp$"
  "curl/curl\\.h=^src/io/remote/libcurl\\.hpp$"
  "bson/bson\\.h=^(src|tests)/table/bson/"
  "simdjson\\.h=^src/table/json/"
  "openssl/.*=^src/base/"
  "Random123/.*=^src/numeric/"
  "(.*intrin)\\.h=^(src/simd/level\\.cpp|include/tessera/simd/(byte_scan|vec_avx2|vec_avx512)\\.hpp)$"
  "spdlog/.*=^src/app/(console|log_file)\\.[ch]pp$"
  "boost/program_options.*=(^src|^include/tessera)/app/"
  "gtest/.*=^tests/"
  "gmock/.*=^tests/")

file(GLOB_RECURSE files RELATIVE ${ROOT}
  ${ROOT}/src/*.cpp ${ROOT}/src/*.hpp ${ROOT}/include/*.hpp ${ROOT}/tests/*.cpp ${ROOT}/tests/*.hpp)
foreach(file IN LISTS files)
  file(STRINGS ${ROOT}/${file} includes REGEX "^ *# *include ")
  set(own -1)
  if(file MATCHES "^(src|include/tessera)/([a-z]+)/")
    list(FIND layers ${CMAKE_MATCH_2} own)
    if(own EQUAL -1)
      message(SEND_ERROR "${file}: '${CMAKE_MATCH_2}' is no layer; add it to tests/layers.cmake")
    endif()
  endif()
  # a message of a lower floor says what is wrong in its own terms (Error::about); the app knows the
  # command line
  if(file MATCHES "^(src|include/tessera)/(base|comm|simd|numeric|io|table|rfm|features|quality|cluster|model)/")
    file(STRINGS ${ROOT}/${file} options REGEX "\"[^\"]*--[a-z]")
    foreach(option IN LISTS options)
      message(SEND_ERROR "${file}: an option of the command line, below the app: ${option}")
    endforeach()
  endif()
  foreach(include IN LISTS includes)
    if(NOT own EQUAL -1 AND include MATCHES "\"(tessera/)?([a-z]+)/")
      set(is_public "${CMAKE_MATCH_1}")
      list(FIND layers ${CMAKE_MATCH_2} theirs)
      if(theirs GREATER own OR theirs EQUAL -1)
        message(SEND_ERROR "${file}: a layer includes only itself and earlier ones: ${include}")
      endif()
      if(NOT is_public AND (NOT theirs EQUAL own OR NOT file MATCHES "^src/"))
        message(SEND_ERROR "${file}: a header under src/ is its layer's own: ${include}")
      endif()
    endif()
    foreach(rule IN LISTS confined)
      string(REGEX MATCH "^(.*)=(.*)$" unused "${rule}")
      set(header "${CMAKE_MATCH_1}")
      set(place "${CMAKE_MATCH_2}")
      if(include MATCHES "[<\"]${header}[>\"]" AND NOT file MATCHES "${place}")
        message(SEND_ERROR "${file}: this include belongs in ${place} alone: ${include}")
      endif()
    endforeach()
  endforeach()
endforeach()

list(LENGTH files count)
if(count LESS 20)
  message(SEND_ERROR "only ${count} files found under ${ROOT}: nothing was checked")
endif()
