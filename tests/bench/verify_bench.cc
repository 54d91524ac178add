// How fast a journal is verified: its events and their chain alone, and all of it.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "journal/keeping/verify.h"

namespace fs = std::filesystem;
using namespace hookjournal;

namespace {

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::string guest_xml(int guest, int boot) {
  std::string xml = "<domain type='kvm' id='" + std::to_string(boot) + "'><name>guest" +
                    std::to_string(guest) + "</name>";
  for (int i = 0; xml.size() < 5000; ++i)
    xml += "<disk type='file'><source file='/images/" + std::to_string(guest) + "-" +
           std::to_string(i) + ".qcow2'/><target dev='vd" + std::to_string(i) +
           "'/></disk>";
  return xml + "</domain>";
}

RunStarted start_of(int call, std::int64_t at_ns) {
  RunStarted run;
  run.at = {at_ns, at_ns};
  run.uuid = new_uuid(at_ns);
  run.script = "qemu";
  run.arguments = {"guest" + std::to_string(call % 200),
                   call % 2 == 0 ? "start" : "stopped", call % 2 == 0 ? "begin" : "end",
                   "-"};
  run.planned = {"qemu"};
  run.recorder = {4000, 77};
  run.writer = {4001, 77};
  run.context.host_name = "bench";
  run.context.hooks_dir = "/etc/libvirt/hooks";
  run.context.environment = {"LC_ALL=C", "PATH=/usr/bin"};
  run.context.caller = {{812, 4711}, "/usr/sbin/libvirtd", 1, 2, "build"};
  return run;
}

void fill(const fs::path& file, int calls) {
  create_or_migrate(file);
  JournalWriter journal(file, std::chrono::seconds(5));
  std::int64_t at_ns = 1'700'000'000'000'000'000;
  for (int call = 0; call < calls; ++call, at_ns += 1'000'000'000) {
    const RunStarted start = start_of(call, at_ns);
    RunEnded end;
    end.at = {at_ns + 5'000'000, at_ns + 5'000'000};
    end.elapsed_ns = 5'000'000;
    end.cpu_ns = 1'234'567;
    end.max_rss_kib = 3456;
    const std::string xml = guest_xml(call % 200, call / 400);
    journal.whole(start, KeptStream{xml, xml.size()}, {}, end);
    if (call % 1000 == 0) journal.checkpoint_if_long();
  }
  journal.checkpoint_if_long();
}

void measure(const fs::path& file, int calls) {
  fill(file, calls);
  for (int round = 0; round < 3; ++round) {
    Database db(file, Database::Mode::read, std::chrono::seconds(5));
    const auto began = std::chrono::steady_clock::now();
    const ChainReport chain = check_chain(db);
    const double chain_s = seconds_since(began);
    const auto all_began = std::chrono::steady_clock::now();
    const VerifyReport all = verify(file, {});
    const double all_s = seconds_since(all_began);
    std::printf(
        "verify: %lld events, events and chain %.0f events/s (reach 300000); with %lld "
        "blobs, %lld calls and the file %.2f s%s\n",
        static_cast<long long>(chain.events), static_cast<double>(chain.events) / chain_s,
        static_cast<long long>(all.blobs), static_cast<long long>(all.calls), all_s,
        all.sound() ? "" : " NOT SOUND");
    for (const Damage& damage : all.damage.listed())
      std::printf("  %s\n", damage.what.c_str());
  }
}

}  // namespace

// usage: verify_bench [DIR [CALLS]]
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-verify-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    measure(dir / "journal/journal.db", argc > 2 ? std::atoi(argv[2]) : 100'000);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "verify_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
