#include "journal/fields.h"

#include "engine/error.h"

namespace hookjournal {

namespace {

constexpr unsigned kNumber = 0, kBytes = 1, kBlob = 2;

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^
         static_cast<std::uint64_t>(value >> 63);
}

}  // namespace

void FieldWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    body_ += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  body_ += static_cast<char>(value);
}

void FieldWriter::key(unsigned field, unsigned type) { varint(field * 4U + type); }

void FieldWriter::number(unsigned field, std::uint64_t value) {
  if (value == 0) return;
  key(field, kNumber);
  varint(value);
}

void FieldWriter::signed_number(unsigned field, std::int64_t value) {
  number(field, zigzag(value));
}

void FieldWriter::bytes(unsigned field, std::string_view value) {
  if (!value.empty()) element(field, value);
}

void FieldWriter::element(unsigned field, std::string_view value) {
  key(field, kBytes);
  varint(value.size());
  body_.append(value);
}

void FieldWriter::blob(unsigned field, std::string_view value) {
  if (value.empty()) return;
  if (blobs_ == nullptr) return element(field, value);
  blob_reference(field, blobs_->keep(value));
}

void FieldWriter::blob_reference(unsigned field, std::int64_t id) {
  if (id == 0) return;
  key(field, kBlob);
  varint(static_cast<std::uint64_t>(id));
}

std::uint64_t FieldReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  throw Error("the record is damaged: a number has no end");
}

bool FieldReader::next() {
  if (rest_.empty()) return false;
  const std::uint64_t key = varint();
  field_ = static_cast<unsigned>(key >> 2);
  type_ = static_cast<unsigned>(key & 3);
  value_offset_ = offset();
  number_ = varint();
  bytes_ = {};
  if (type_ == kBytes) {
    if (number_ > rest_.size()) throw Error("the record is damaged: a field is cut off");
    bytes_ = rest_.substr(0, number_);
    rest_.remove_prefix(number_);
  } else if (type_ != kNumber && type_ != kBlob) {
    throw Error("the record is damaged: field " + std::to_string(field_) +
                " has an unknown form");
  }
  return true;
}

std::int64_t FieldReader::signed_number() const {
  return static_cast<std::int64_t>(number_ >> 1) ^
         -static_cast<std::int64_t>(number_ & 1);
}

std::string FieldReader::text(BlobSource* blobs) const {
  if (!is_blob()) return std::string(bytes_);
  if (blobs == nullptr) throw Error("the record refers to a blob where there are none");
  return blobs->load(blob_id());
}

}  // namespace hookjournal
