#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The compact form of facts: numbered fields, as in protocol buffers. A reader skips
// numbers it does not know, so that fields can be added. The same form goes through the
// pipe to the writer, into the spool and into the body of an event; only there, long or
// repeating bytes are replaced by a reference to a blob.
//
//   field  = key value       key = varint of (number * 4 + type)
//   type 0 = varint          type 1 = varint length, bytes        type 2 = varint blob id
namespace hookjournal {

// Where an event's blobs are kept; returns the blob's id.
class BlobSink {
 public:
  virtual ~BlobSink() = default;
  virtual std::int64_t keep(std::string_view bytes) = 0;
};

class BlobSource {
 public:
  virtual ~BlobSource() = default;
  virtual std::string load(std::int64_t blob) = 0;
};

class FieldWriter {
 public:
  // Without a sink, blobs are written as bytes.
  explicit FieldWriter(BlobSink* blobs = nullptr) : blobs_(blobs) {}

  // Fields that are zero or empty are left out: that is what a reader takes their absence
  // for.
  void number(unsigned field, std::uint64_t value);
  void signed_number(unsigned field, std::int64_t value);
  void bytes(unsigned field, std::string_view value);
  void blob(unsigned field, std::string_view value);
  // Also when empty: for lists, where absence would lose a place.
  void element(unsigned field, std::string_view value);

  // Of a blob kept before.
  void blob_reference(unsigned field, std::int64_t id);

  const std::string& body() const { return body_; }

 private:
  void key(unsigned field, unsigned type);
  void varint(std::uint64_t value);

  BlobSink* blobs_;
  std::string body_;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : begin_(body.data()), rest_(body) {}

  // Moves to the next field; false at the end. Throws Error where the bytes are no
  // fields.
  bool next();

  unsigned field() const { return field_; }
  bool is_blob() const { return type_ == 2; }
  std::uint64_t number() const { return number_; }
  std::int64_t signed_number() const;
  std::string_view bytes() const { return bytes_; }
  std::int64_t blob_id() const { return static_cast<std::int64_t>(number_); }
  // Where in the body the value begins, and where the field ends.
  std::size_t value_offset() const { return value_offset_; }
  std::size_t end_offset() const { return offset(); }
  // The field's bytes, from `blobs` when it is a reference.
  std::string text(BlobSource* blobs) const;

 private:
  std::uint64_t varint();
  std::size_t offset() const { return static_cast<std::size_t>(rest_.data() - begin_); }

  const char* begin_;
  std::string_view rest_;
  std::size_t value_offset_ = 0;
  unsigned field_ = 0;
  unsigned type_ = 0;
  std::uint64_t number_ = 0;
  std::string_view bytes_;
};

}  // namespace hookjournal
