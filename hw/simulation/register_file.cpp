#include <invar/simulation/register_file.h>

#include <utility>

namespace invar::simulation {

RegisterFile::RegisterFile(const RegisterTable& table, std::uint64_t window_bytes, double latency_s,
                           const sc_core::sc_in<bool>* rst, WriteTime when)
    : table_(table),
      values_(table),
      window_bytes_(window_bytes),
      latency_(latency_s, sc_core::SC_SEC),
      rst_(rst),
      when_(when),
      writes_("writes", [this](const TimedWrite& write) { take_effect(write); }) {}

void RegisterFile::on_read(std::uint64_t offset,
                           std::function<std::uint32_t(const RegisterQuery&)> read) {
  functions_.at(offset / 4).read = std::move(read);
}

void RegisterFile::on_write(std::uint64_t offset,
                            std::function<void(const RegisterWritten&)> written) {
  functions_.at(offset / 4).written = std::move(written);
}

void RegisterFile::on_access(std::uint64_t offset,
                             std::function<bool(std::uint32_t, const sc_core::sc_time&)> accept) {
  functions_.at(offset / 4).accept = std::move(accept);
}

void RegisterFile::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  bool accepted = true;
  access_registers(
      payload, window_bytes_,
      [&](std::uint64_t offset, bool debug) { return read(offset, delay, debug); },
      [&](std::uint64_t offset, std::uint32_t value) {
        accepted = write(offset, value, delay) && accepted;
      });
  if (!accepted) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
  delay += latency_;
}

unsigned int RegisterFile::debug_access(tlm::tlm_generic_payload& payload) {
  return debug_registers(payload, window_bytes_, [this](std::uint64_t offset, bool debug) {
    return read(offset, sc_core::SC_ZERO_TIME, debug);
  });
}

std::uint32_t RegisterFile::read(std::uint64_t address, const sc_core::sc_time& delay,
                                 bool debug) const {
  const std::uint64_t offset = table_.resolve(address);
  const RegisterRow* const row = table_.find(offset);
  if (row == nullptr || row->access.kind == RegisterAccess::Kind::write_only) {
    return 0;
  }
  // In reset nothing that is on its way is known to arrive.
  const RegisterValues values = in_reset() ? values_ : writes_.preview(delay, values_);
  const auto& read = functions_[offset / 4].read;
  return read ? read({values, delay, debug, values.resets() != values_.resets()}) : values[offset];
}

bool RegisterFile::write(std::uint64_t address, std::uint32_t value,
                         const sc_core::sc_time& delay) {
  const std::uint64_t offset = table_.resolve(address);
  const RegisterRow* const row = table_.find(offset);
  if (row == nullptr || row->access.kind == RegisterAccess::Kind::read_only) {
    return true;
  }
  const Functions& functions = functions_[offset / 4];
  if (functions.accept && !functions.accept(value, delay)) {
    return false;
  }
  if (when_ == WriteTime::at_access) {
    take_effect({local_time(delay), offset, value});
  } else if (functions.written || table_.effect() != nullptr ||
             row->access.kind != RegisterAccess::Kind::write_only) {
    writes_.post(delay, offset, value);
  }
  return true;
}

void RegisterFile::take_effect(const TimedWrite& write) {
  if (in_reset()) {
    return;
  }
  const RegisterValues before = values_;
  values_.write(write);
  if (const auto& written = functions_[write.offset / 4].written) {
    written({write.value, write.at, before});
  }
}

void RegisterFile::reset() {
  writes_.drop();
  values_.reset(sc_core::sc_time_stamp());
}

}  // namespace invar::simulation
