#include <invar/digital_engine/engine_core.h>
#include <invar/ledger/phase_extension.h>
#include <invar/simulation/duration.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace invar::digital_engine {
namespace {

constexpr std::uint64_t k_job_bytes = 64;
constexpr std::uint32_t k_fetch_jobs = 16;
/// Where a transfer without numbers goes over and over.
constexpr std::uint64_t k_stream_bytes = std::uint64_t{1} << 20;
static_assert(sizeof(invar_engine_job) == k_job_bytes, "the register map says 64 bytes");

const EngineParameters& checked(const EngineParameters& parameters) {
  parameters.check();
  return parameters;
}

bool is_transfer(const invar_engine_job& job) {
  return job.opcode == INVAR_ENGINE_LOAD || job.opcode == INVAR_ENGINE_STORE ||
         job.opcode == INVAR_ENGINE_GATHER_U8;
}

}  // namespace

EngineCore::EngineCore(const sc_core::sc_module_name& name, const EngineParameters& parameters,
                       ledger::MeteredDma& dma, ledger::Ledger& ledger)
    : RingDevice(name, register_map(), checked(parameters).register_latency_s),
      parameters_(parameters),
      dma_(dma),
      ledger_(ledger),
      account_(ledger, this->name(), parameters),
      numerics_(parameters.timing_only ? 0 : parameters.scratchpad_bytes,
                parameters.inversion_formats()),
      runner_("numerics") {
  describe_registers();
  INVAR_HAS_PROCESS(EngineCore);
  SC_THREAD(run);
}

tlm::tlm_response_status EngineCore::move(tlm::tlm_generic_payload& payload) {
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t address = payload.get_address();
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND || length == 0) {
    return tlm::TLM_OK_RESPONSE;
  }
  if (payload.get_byte_enable_ptr() != nullptr) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  if (payload.get_streaming_width() < length) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (payload.get_data_ptr() == nullptr) {
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  if (parameters_.timing_only) {
    return tlm::TLM_OK_RESPONSE;
  }
  if (address >= numerics_.size_bytes() || length > numerics_.size_bytes() - address) {
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  }
  unsigned char* const cells = numerics_.bytes(static_cast<std::uint32_t>(address));
  std::memcpy(payload.is_read() ? payload.get_data_ptr() : cells,
              payload.is_read() ? cells : payload.get_data_ptr(), length);
  return tlm::TLM_OK_RESPONSE;
}

void EngineCore::access_scratchpad(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_response_status(move(payload));
  payload.set_dmi_allowed(false);
  if (payload.is_response_ok() && payload.get_command() != tlm::TLM_IGNORE_COMMAND) {
    delay += account_.charge_access(payload.get_data_length(), ledger::phase_of(payload, ledger_));
  }
}

unsigned int EngineCore::debug_scratchpad(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(move(payload));
  const bool moved = payload.is_response_ok() && payload.get_command() != tlm::TLM_IGNORE_COMMAND;
  return moved ? payload.get_data_length() : 0;
}

void EngineCore::run() {
  for (;;) {
    while (!enabled() || halted_ || head_ == tail()) {
      traced_state_.set(EngineState::idle);
      wait(doorbell_);
    }
    const invar_engine_status fault = ring().fault();
    if (fault != INVAR_ENGINE_OK || tail() - head_ > ring().size) {
      halt(fault != INVAR_ENGINE_OK ? fault : INVAR_ENGINE_RING_TAIL, 0);
      continue;
    }
    working_ = true;
    if (fetch()) {
      run_jobs();
    }
    working_ = false;
  }
}

bool EngineCore::fetch() {
  const std::uint64_t generation = generation_;
  const JobRing ring = this->ring();
  const std::uint32_t slot = head_ & (ring.size - 1);
  jobs_.resize(std::min({tail() - head_, ring.size - slot, k_fetch_jobs}));
  traced_state_.set(EngineState::fetch);
  dma_.set_phase(INVAR_PHASE_DATA_MOVEMENT);
  ledger_.begin_activity(INVAR_PHASE_DATA_MOVEMENT);
  const bool ok =
      dma_.read(ring.base + slot * k_job_bytes, jobs_.data(), jobs_.size() * k_job_bytes);
  ledger_.end_activity(INVAR_PHASE_DATA_MOVEMENT);
  if (generation != generation_) {
    return false;
  }
  if (!ok) {
    halt(INVAR_ENGINE_FETCH, 0);
  }
  return ok;
}

void EngineCore::run_jobs() {
  const std::uint64_t generation = generation_;
  for (std::size_t next = 0; next < jobs_.size() && generation == generation_ && !halted_;) {
    const invar_engine_job& job = jobs_[next];
    const invar_engine_status checked = check(job);
    if (checked != INVAR_ENGINE_OK) {
      halt(checked, job.tag);
      return;
    }
    if (!is_transfer(job)) {
      next += compute(next);
      continue;
    }
    const invar_engine_status status = transfer(job);
    if (generation != generation_) {
      return;
    }
    if (status != INVAR_ENGINE_OK) {
      halt(status, job.tag);
      return;
    }
    finish_jobs(1);
    ++next;
  }
}

invar_engine_status EngineCore::check(const invar_engine_job& job) const {
  return parameters_.timing_only ? EngineNumerics::check_form(job) : numerics_.check(job);
}

bool EngineCore::stream(const invar_engine_job& job) {
  const std::uint64_t generation = generation_;
  const std::uint64_t bytes =
      job.opcode == INVAR_ENGINE_GATHER_U8 ? std::uint64_t{job.m} * job.k : job.m;
  gathered_.resize(k_stream_bytes);
  if (job.opcode == INVAR_ENGINE_STORE) {
    std::fill_n(gathered_.begin(), std::min(bytes, k_stream_bytes), 0);
  }
  bool ok = true;
  for (std::uint64_t done = 0; ok && done < bytes && generation == generation_;) {
    const std::uint64_t piece = std::min(bytes - done, k_stream_bytes);
    ok = job.opcode == INVAR_ENGINE_STORE ? dma_.write(job.address, gathered_.data(), piece)
                                          : dma_.read(job.address, gathered_.data(), piece);
    done += piece;
  }
  return ok;
}

invar_engine_status EngineCore::transfer(const invar_engine_job& job) {
  const std::uint64_t generation = generation_;
  const auto phase = static_cast<ledger::Phase>(job.phase);
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const JobCost cost = job_cost(job, parameters_);
  require_time(job, cost.cycles);
  traced_state_.set(EngineState::transfer);
  traced_opcode_.set(job.opcode);
  dma_.set_phase(phase);
  ledger_.begin_activity(phase);
  bool ok = true;
  switch (parameters_.timing_only ? 0 : job.opcode) {
    case 0:
      ok = stream(job);
      break;
    case INVAR_ENGINE_LOAD:
      ok = dma_.read(job.address, numerics_.bytes(job.c), job.m);
      break;
    case INVAR_ENGINE_STORE:
      ok = dma_.write(job.address, numerics_.bytes(job.a), job.m);
      break;
    default:
      gathered_.resize(static_cast<std::size_t>(job.m) * job.k);
      for (std::uint32_t row = 0; ok && generation == generation_ && row < job.m; ++row) {
        const std::uint64_t index = numerics_.words(job.a)[row];
        ok = dma_.read(job.address + index * job.k,
                       gathered_.data() + static_cast<std::size_t>(row) * job.k, job.k);
      }
      if (ok && generation == generation_) {
        numerics_.convert_gathered(job, gathered_);
      }
  }
  // The scratchpad side runs along with the bus and may be the slower one.
  const sc_core::sc_time scratchpad_time = account_.time_of(cost);
  const sc_core::sc_time bus_time = sc_core::sc_time_stamp() - start;
  if (bus_time < scratchpad_time && generation == generation_) {
    wait(scratchpad_time - bus_time, reset_);
  }
  ledger_.end_activity(phase);
  account_.charge(job, cost, start);
  account_.finish(job, cost, std::min(scratchpad_time, sc_core::sc_time_stamp() - start), ok);
  trace_job(job, cost, start, sc_core::sc_time_stamp() - start);
  return ok ? INVAR_ENGINE_OK : INVAR_ENGINE_BUS_ERROR;
}

std::size_t EngineCore::compute(std::size_t first) {
  const std::uint64_t generation = generation_;
  const auto phase = static_cast<ledger::Phase>(jobs_[first].phase);
  std::size_t last = first + 1;
  while (last < jobs_.size() && jobs_[last].phase == jobs_[first].phase &&
         !is_transfer(jobs_[last]) && check(jobs_[last]) == INVAR_ENGINE_OK) {
    ++last;
  }
  invar_engine_status status = INVAR_ENGINE_OK;
  std::size_t done = first;
  if (parameters_.timing_only) {
    done = last;
  }
  runner_.run([&] {
    for (; done < last && status == INVAR_ENGINE_OK; ++done) {
      status = numerics_.execute(jobs_[done]);
    }
  });
  if (generation != generation_) {
    return done - first;
  }
  costs_.clear();
  const sc_core::sc_time begin = sc_core::sc_time_stamp();
  std::uint64_t cycles = 0;
  traced_state_.set(EngineState::compute);
  for (std::size_t i = first; i < done; ++i) {
    costs_.push_back(job_cost(jobs_[i], parameters_));
    require_time(jobs_[i], cycles + costs_.back().cycles);
    const sc_core::sc_time planned = begin + account_.time_of(cycles);
    account_.charge(jobs_[i], costs_.back(), planned);
    traced_opcode_.set(jobs_[i].opcode, planned);
    cycles += costs_.back().cycles;
  }
  ledger_.begin_activity(phase);
  wait(account_.time_of(cycles), reset_);
  ledger_.end_activity(phase);
  const bool was_reset = generation != generation_;
  sc_core::sc_time passed = sc_core::sc_time_stamp() - begin;
  sc_core::sc_time start = begin;
  for (std::size_t i = first; i < done; ++i) {
    const bool last_failed = i + 1 == done && status != INVAR_ENGINE_OK;
    const sc_core::sc_time time = std::min(passed, account_.time_of(costs_[i - first]));
    account_.finish(jobs_[i], costs_[i - first], time, !was_reset && !last_failed);
    trace_job(jobs_[i], costs_[i - first], start, time);
    passed -= time;
    start += time;
  }
  if (!was_reset) {
    finish_jobs(done - first - (status == INVAR_ENGINE_OK ? 0 : 1));
    if (status != INVAR_ENGINE_OK) {
      halt(status, jobs_[done - 1].tag);
    }
  }
  return done - first;
}

void EngineCore::require_time(const invar_engine_job& job, std::uint64_t cycles) const {
  const double duration_s = static_cast<double>(cycles) * parameters_.clock_period_s;
  if (!simulation::fits_simulated_time(duration_s)) {
    simulation::report_too_long(
        std::string(name()) + ": a run of jobs up to one of opcode " + std::to_string(job.opcode) +
            " with m = " + std::to_string(job.m) + ", n = " + std::to_string(job.n) +
            ", k = " + std::to_string(job.k) + ", of " + std::to_string(cycles) +
            " cycles of engine.clock_period_s,",
        duration_s);
  }
}

void EngineCore::finish_jobs(std::size_t count) {
  head_ += static_cast<std::uint32_t>(count);
  traced_waiting_.set(tail() - head_);
  if (head_ == tail()) {
    raise(INVAR_ENGINE_IRQ_IDLE);
  }
}

void EngineCore::halt(invar_engine_status status, std::uint32_t tag) {
  halted_ = true;
  registers().set(INVAR_ENGINE_REG_ERROR_STATUS, status);
  registers().set(INVAR_ENGINE_REG_ERROR_TAG, tag);
  raise(INVAR_ENGINE_IRQ_FAULT);
}

}  // namespace invar::digital_engine
