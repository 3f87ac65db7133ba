/// \file
/// Libraries that are loaded when they are needed, not when the program starts. Private to src/io.
#pragma once

#include <dlfcn.h>

#include <utility>

namespace tessera::io {

/// One of them, loaded for as long as the job runs. `fail` throws, and is told why the library
/// cannot be used.
template <typename Fail>
class SharedLibrary {
 public:
  SharedLibrary(const char* name, Fail fail)
      : library_(dlopen(name, RTLD_NOW | RTLD_LOCAL)), fail_(std::move(fail)) {
    require(library_);
  }

  template <typename Function>
  void find(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    require(reinterpret_cast<void*>(function));
  }

 private:
  void require(const void* found) const {
    if (found == nullptr) {
      const char* const reason = dlerror();
      fail_(reason == nullptr ? "it lacks a function" : reason);
    }
  }

  void* library_;
  Fail fail_;
};

}  // namespace tessera::io
