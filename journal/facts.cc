#include "journal/facts.h"

#include <sys/random.h>

#include <cstdio>
#include <ctime>

#include "engine/sha256.h"

namespace hookjournal {

namespace {

std::int64_t clock_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

constexpr std::string_view kOrigins[] = {"libvirt", "run", "simulate", "other"};

}  // namespace

std::string umask_text(const Context& context) {
  if (!context.umask) return {};
  char digits[16];
  std::snprintf(digits, sizeof digits, "%04o", *context.umask);
  return digits;
}

Moment now() { return {clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_BOOTTIME)}; }

// RFC 9562: 48 bits of milliseconds, version, 12 and 62 random bits.
std::string new_uuid(std::int64_t wall_ns) {
  std::string uuid(16, '\0');
  // Never blocks after boot; without it the bits left from zero still differ by time.
  if (::getrandom(uuid.data(), uuid.size(), GRND_NONBLOCK) < 0) uuid.assign(16, '\0');
  auto milliseconds = static_cast<std::uint64_t>(wall_ns) / 1'000'000;
  for (std::size_t i = 6; i-- > 0; milliseconds >>= 8)
    uuid[i] = static_cast<char>(milliseconds & 0xff);
  uuid[6] = static_cast<char>((uuid[6] & 0x0f) | 0x70);
  uuid[8] = static_cast<char>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

std::string uuid_text(std::string_view raw) {
  if (raw.size() != 16) return {};
  std::string text = to_hex(raw);
  for (const std::size_t dash : {8UL, 13UL, 18UL, 23UL}) text.insert(dash, "-");
  return text;
}

std::string_view to_string(Origin origin) { return kOrigins[static_cast<int>(origin)]; }

std::optional<Origin> origin_named(std::string_view name) {
  for (int i = 0; i < static_cast<int>(std::size(kOrigins)); ++i)
    if (kOrigins[i] == name) return static_cast<Origin>(i);
  return {};
}

}  // namespace hookjournal
