#include "cli/install/install_choices.h"

#include "cli/install/file_attributes.h"
#include "engine/config.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

Config with(Config config, const InstallChoices& choices) {
  if (choices.journal) {
    // Not one that somebody chose: it goes with the journal.
    if (config.spool == spool_for(config.journal))
      config.spool = spool_for(*choices.journal);
    config.journal = *choices.journal;
  }
  if (choices.deadline) config.deadline = *choices.deadline;
  if (choices.refuse_when_unrecorded)
    config.refuse_when_unrecorded = *choices.refuse_when_unrecorded;
  return config;
}

}  // namespace

bool must_write(const fs::path& hooks_dir, const InstallChoices& choices) {
  const fs::path file = config_path(hooks_dir);
  const Config now = load_config(hooks_dir);
  // Hooks go on with the defaults and lose no record. A person is there to be asked: the
  // default journal may be another than the one that stands in the file.
  if (is_there(file) && !now.trouble.empty())
    throw Error("cannot tell what " + file.string() + " chooses: " + now.trouble +
                "; mend or remove it, then run install again");
  const Config wanted = with(now, choices);
  if (wanted.journal == now.journal && wanted.deadline == now.deadline &&
      wanted.refuse_when_unrecorded == now.refuse_when_unrecorded)
    return false;
  if (is_there(file) && read_image(file).bytes != config_text(now))
    throw Error("cannot write the choices to " + file.string() +
                ": it was edited by hand. Make the change there and run install without "
                "these options; as a program would write it, it is:\n" +
                config_text(wanted));
  return true;
}

void write_choices(FileOps& ops, OurFolder& folder, const fs::path& hooks_dir,
                   const InstallChoices& choices) {
  if (!must_write(hooks_dir, choices)) return;
  const fs::path copy = folder.stage();
  ops.write_file(copy, config_text(with(load_config(hooks_dir), choices)),
                 fresh_attributes(0644));  // users' own daemons read it, too
  ops.move(copy, config_path(hooks_dir));
}

}  // namespace hookjournal
