#pragma once

#include <nftables/libnftables.h>

namespace hookjournal {

// libnftables, loaded when it is first needed. Most sandboxes never have a rule, and each
// library that is linked makes every process of a sandbox slower to begin.
struct NftLibrary {
  decltype(&::nft_ctx_new) ctx_new;
  decltype(&::nft_ctx_free) ctx_free;
  decltype(&::nft_ctx_output_set_flags) ctx_output_set_flags;
  decltype(&::nft_ctx_buffer_output) ctx_buffer_output;
  decltype(&::nft_ctx_buffer_error) ctx_buffer_error;
  decltype(&::nft_ctx_get_output_buffer) ctx_get_output_buffer;
  decltype(&::nft_ctx_get_error_buffer) ctx_get_error_buffer;
  decltype(&::nft_run_cmd_from_buffer) run_cmd_from_buffer;
};

// Throws Error when this host has it not.
const NftLibrary& nft_library();

}  // namespace hookjournal
