#include "replay/sandbox/network/nft_library.h"

#include <dlfcn.h>

#include "engine/error.h"

namespace hookjournal {

namespace {

constexpr const char* kLibrary = "libnftables.so.1";

template <typename Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr)
    throw Error(std::string("cannot list the nftables rules: ") + kLibrary + " has no " +
                name);
}

NftLibrary load() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Error(std::string("cannot list the nftables rules: ") + ::dlerror() +
                "; install libnftables1");
  NftLibrary nft{};
  find(library, "nft_ctx_new", nft.ctx_new);
  find(library, "nft_ctx_free", nft.ctx_free);
  find(library, "nft_ctx_output_set_flags", nft.ctx_output_set_flags);
  find(library, "nft_ctx_buffer_output", nft.ctx_buffer_output);
  find(library, "nft_ctx_buffer_error", nft.ctx_buffer_error);
  find(library, "nft_ctx_get_output_buffer", nft.ctx_get_output_buffer);
  find(library, "nft_ctx_get_error_buffer", nft.ctx_get_error_buffer);
  find(library, "nft_run_cmd_from_buffer", nft.run_cmd_from_buffer);
  return nft;
}

}  // namespace

const NftLibrary& nft_library() {
  static const NftLibrary library = load();
  return library;
}

}  // namespace hookjournal
