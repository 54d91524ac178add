#pragma once

#include <string>
#include <utility>
#include <vector>

#include "replay/comparison/maskers.h"

namespace hookjournal::trial {

inline Command command(std::vector<std::string> words, Ending ending = Exited{0}) {
  Command made;
  made.program = "/usr/bin/" + words.front();
  made.arguments = std::move(words);
  made.ending = ending;
  return made;
}

inline FileState file(std::string content, unsigned mode = 0644) {
  FileState state;
  state.mode = mode;
  state.size = content.size();
  state.content = std::move(content);
  return state;
}

inline FileChange created(std::string path, std::string content) {
  return {std::move(path), std::nullopt, file(std::move(content))};
}

constexpr PidRange kPids{2, 2000};

// Three legs of one call, all alike until a test changes them.
struct Trial {
  RecordedLeg recorded;
  ObservedCall first, second, candidate;
  Maskers maskers;
  std::int64_t slower_ns = 100'000'000;

  CallVerdict judge() const {
    return judge_call(recorded, first, second, candidate, maskers, slower_ns);
  }

  // One run of the script "qemu" for guest g1.
  static Trial of(const std::string& operation = "prepare") {
    Trial made;
    made.first.call = {"qemu", "g1", operation, "begin", "-", "<domain/>"};
    made.first.consequence = Consequence::none;
    ObservedRun run;
    run.script = "qemu";
    run.effects.pids = kPids;
    made.first.runs.push_back(run);
    made.second = made.candidate = made.first;
    RecordedLeg::Run recorded;
    recorded.script = "qemu";
    recorded.ending = Exited{0};
    made.recorded.runs.push_back(recorded);
    made.recorded.consequence = Consequence::none;
    return made;
  }

  static Trial of_err(const std::string& first, const std::string& second,
                      const std::string& candidate) {
    Trial made = of();
    made.first.runs[0].result.err = first;
    made.second.runs[0].result.err = second;
    made.candidate.runs[0].result.err = candidate;
    return made;
  }
  static Trial of_commands(const std::vector<Command>& first,
                           const std::vector<Command>& second,
                           const std::vector<Command>& candidate) {
    Trial made = of();
    made.first.runs[0].effects.commands = first;
    made.second.runs[0].effects.commands = second;
    made.candidate.runs[0].effects.commands = candidate;
    return made;
  }
  static Trial of_files(const std::vector<FileChange>& first,
                        const std::vector<FileChange>& second,
                        const std::vector<FileChange>& candidate) {
    Trial made = of();
    made.first.runs[0].effects.files = first;
    made.second.runs[0].effects.files = second;
    made.candidate.runs[0].effects.files = candidate;
    return made;
  }
  static Trial of_network(const std::vector<NetworkChange>& first,
                          const std::vector<NetworkChange>& second,
                          const std::vector<NetworkChange>& candidate) {
    Trial made = of();
    made.first.runs[0].effects.network = first;
    made.second.runs[0].effects.network = second;
    made.candidate.runs[0].effects.network = candidate;
    return made;
  }
  static Trial of_outputs(const std::string& first, const std::string& second,
                          const std::string& candidate) {
    Trial made = of("restore");
    made.recorded.output = made.recorded.runs[0].out = first;
    const auto set = [](ObservedCall& call, const std::string& output) {
      call.output = call.runs[0].result.out = output;
    };
    set(made.first, first);
    set(made.second, second);
    set(made.candidate, candidate);
    return made;
  }
};

inline std::uint64_t times(const std::vector<MaskUse>& masks, const std::string& rule) {
  for (const MaskUse& use : masks)
    if (use.rule == rule) return use.times;
  return 0;
}

}  // namespace hookjournal::trial
