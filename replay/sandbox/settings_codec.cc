#include "replay/sandbox/settings_codec.h"

#include "replay/sandbox/message_fields.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

namespace {

std::string encode_limits(const SandboxLimits& limits) {
  FieldWriter to;
  to.signed_number(1, limits.time.count());
  to.number(2, limits.memory);
  to.number(3, limits.disk);
  to.number(4, limits.processes);
  to.number(5, limits.all_memory);
  return to.body();
}

SandboxLimits decode_limits(std::string_view message) {
  SandboxLimits limits{std::chrono::milliseconds(0), 0, 0, 0, 0};
  for_each_field(message, [&limits](const FieldReader& field) {
    if (field.field() == 1)
      limits.time = std::chrono::milliseconds(field.signed_number());
    if (field.field() == 2) limits.memory = field.number();
    if (field.field() == 3) limits.disk = field.number();
    if (field.field() == 4) limits.processes = static_cast<unsigned>(field.number());
    if (field.field() == 5) limits.all_memory = field.number();
  });
  return limits;
}

std::string encode_rule(const StandInRule& rule) {
  FieldWriter to;
  to.bytes(1, rule.command);
  to.element(2, rule.arguments);
  to.signed_number(3, rule.exit_status);
  to.bytes(4, rule.out);
  to.bytes(5, rule.err);
  to.number(6, rule.most);
  to.number(7, rule.reads_input ? 1 : 0);
  to.number(8, rule.when_missing ? 1 : 0);
  to.bytes(9, rule.source);
  return to.body();
}

StandInRule decode_rule(std::string_view message) {
  StandInRule rule;
  for_each_field(message, [&rule](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        rule.command = field.bytes();
        break;
      case 2:
        rule.arguments = field.bytes();
        break;
      case 3:
        rule.exit_status = static_cast<int>(field.signed_number());
        break;
      case 4:
        rule.out = field.bytes();
        break;
      case 5:
        rule.err = field.bytes();
        break;
      case 6:
        rule.most = static_cast<unsigned>(field.number());
        break;
      case 7:
        rule.reads_input = field.number() != 0;
        break;
      case 8:
        rule.when_missing = field.number() != 0;
        break;
      case 9:
        rule.source = field.bytes();
        break;
      default:
        break;
    }
  });
  return rule;
}

std::string encode_rules(const StandInRules& rules) {
  FieldWriter to;
  for (const StandInRule& rule : rules.rules) to.element(1, encode_rule(rule));
  put(to, 2, rules.real);
  return to.body();
}

StandInRules decode_rules(std::string_view message) {
  StandInRules rules;
  for_each_field(message, [&rules](const FieldReader& field) {
    if (field.field() == 1) rules.rules.push_back(decode_rule(field.bytes()));
    if (field.field() == 2) rules.real.push_back(text_of(field));
  });
  return rules;
}

}  // namespace

std::string encode(const SandboxSettings& settings) {
  FieldWriter to;
  to.element(1, encode_limits(settings.limits));
  if (settings.stand_ins) to.element(2, encode_rules(*settings.stand_ins));
  to.bytes(3, settings.stand_in_program);
  put(to, 4, settings.missing_commands);
  to.bytes(5, settings.path_variable);
  return to.body();
}

SandboxSettings decode_settings(std::string_view message) {
  SandboxSettings settings;
  for_each_field(message, [&settings](const FieldReader& field) {
    switch (field.field()) {
      case 1:
        settings.limits = decode_limits(field.bytes());
        break;
      case 2:
        settings.stand_ins =
            std::make_shared<const StandInRules>(decode_rules(field.bytes()));
        break;
      case 3:
        settings.stand_in_program = field.bytes();
        break;
      case 4:
        settings.missing_commands.push_back(text_of(field));
        break;
      case 5:
        settings.path_variable = field.bytes();
        break;
      default:
        break;
    }
  });
  return settings;
}

}  // namespace hookjournal
