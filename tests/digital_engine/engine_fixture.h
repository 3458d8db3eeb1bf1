#ifndef INVAR_TESTS_DIGITAL_ENGINE_ENGINE_FIXTURE_H
#define INVAR_TESTS_DIGITAL_ENGINE_ENGINE_FIXTURE_H

#include <invar/digital_engine/digital_engine.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/register_host.h"
#include "support/test_memory.h"

namespace invar::test {

/// A host that drives one digital engine through its registers, as a driver would. The memory
/// answers each burst in 1 ns, so that a fetch of up to 16 jobs takes 1 ns.
class EngineFixture : public RegisterHost {
 public:
  static constexpr std::uint64_t k_ring = 0x1000;
  static constexpr std::uint64_t k_data = 0x10000;
  static constexpr std::size_t k_memory_bytes = 1 << 22;
  static constexpr std::uint32_t k_both_interrupts = INVAR_ENGINE_IRQ_IDLE | INVAR_ENGINE_IRQ_FAULT;

  TestMemory memory;
  digital_engine::DigitalEngine<> engine;
  sc_core::sc_signal<bool> irq;
  sc_core::sc_signal<bool> rst;

  EngineFixture(const sc_core::sc_module_name& name,
                const digital_engine::EngineParameters& parameters,
                std::function<void(EngineFixture&)> script, ledger::Ledger* ledger = nullptr)
      : RegisterHost(name),
        memory("memory", k_memory_bytes),
        engine("engine", parameters, ledger),
        irq("irq"),
        rst("rst"),
        script_(std::move(script)) {
    registers.bind(engine.registers);
    engine.dma.socket.bind(memory.socket);
    engine.irq(irq);
    engine.rst(rst);
    INVAR_HAS_PROCESS(EngineFixture);
    SC_THREAD(run);
  }

  static digital_engine::EngineParameters small_parameters() {
    digital_engine::EngineParameters parameters;
    parameters.scratchpad_bytes = 1 << 20;
    return parameters;
  }

  void start(std::uint32_t ring_jobs = 64, std::uint32_t interrupts = k_both_interrupts) {
    ring_jobs_ = ring_jobs;
    tail_ = 0;
    write(INVAR_ENGINE_REG_RING_BASE_LO, k_ring);
    write(INVAR_ENGINE_REG_RING_BASE_HI, 0);
    write(INVAR_ENGINE_REG_RING_SIZE, ring_jobs);
    write(INVAR_ENGINE_REG_IRQ_ENABLE, interrupts);
    write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_ENABLE);
  }
  void reset_and_start() {
    write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
    start(ring_jobs_);
  }

  /// Puts jobs into the ring; the doorbell rings without taking time.
  void submit(const std::vector<invar_engine_job>& jobs) {
    for (const invar_engine_job& job : jobs) {
      memory.put(k_ring + 64 * (tail_++ % ring_jobs_), job);
    }
    sc_core::sc_time delay;
    access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_RING_TAIL, &tail_, 4, delay);
  }
  /// Runs jobs to their end or to the first that fails. \return ERROR_STATUS
  std::uint32_t run_jobs(const std::vector<invar_engine_job>& jobs) {
    submit(jobs);
    while (!irq.read()) {
      wait(irq.posedge_event());
    }
    write(INVAR_ENGINE_REG_IRQ_STATUS, k_both_interrupts);
    return peek(INVAR_ENGINE_REG_ERROR_STATUS);
  }
  bool halted() { return (peek(INVAR_ENGINE_REG_STATUS) & INVAR_ENGINE_STATUS_HALTED) != 0; }
  bool busy() { return (peek(INVAR_ENGINE_REG_STATUS) & INVAR_ENGINE_STATUS_BUSY) != 0; }
  std::uint32_t head() { return peek(INVAR_ENGINE_REG_RING_HEAD); }

  static invar_engine_job job(std::uint32_t opcode, std::uint32_t m, std::uint32_t n = 0,
                              std::uint32_t k = 0, std::uint32_t phase = INVAR_PHASE_FORWARD) {
    invar_engine_job result{};
    result.opcode = opcode;
    result.phase = phase;
    result.m = m;
    result.n = n;
    result.k = k;
    result.operand_d = INVAR_ENGINE_OPERAND_NONE;
    return result;
  }
  static invar_engine_job load(std::uint64_t address, std::uint32_t to, std::uint32_t bytes,
                               std::uint32_t phase = INVAR_PHASE_FORWARD) {
    invar_engine_job result = job(INVAR_ENGINE_LOAD, bytes, 0, 0, phase);
    result.address = address;
    result.c = to;
    return result;
  }
  static invar_engine_job store(std::uint32_t from, std::uint64_t address, std::uint32_t bytes) {
    invar_engine_job result = job(INVAR_ENGINE_STORE, bytes);
    result.address = address;
    result.a = from;
    return result;
  }
  static invar_engine_job fill(std::uint32_t to, std::uint32_t count, float value) {
    invar_engine_job result = job(INVAR_ENGINE_FILL, count);
    result.c = to;
    result.alpha = value;
    return result;
  }
  /// 256 x 256 x 256 on 16 x 16 MACs: 256 tiles of 256 cycles, 32 to fill, 10 to start; at 0.
  static invar_engine_job long_job() {
    invar_engine_job result = job(INVAR_ENGINE_GEMM, 256, 256, 256);
    result.alpha = 1.0F;
    result.c = 1 << 19;
    return result;
  }
  static constexpr std::uint64_t k_long_job_cycles = 256 * 256 + 32 + 10;

 private:
  void run() {
    script_(*this);
    sc_core::sc_stop();
  }

  std::function<void(EngineFixture&)> script_;
  std::uint32_t ring_jobs_ = 0;
  std::uint32_t tail_ = 0;
};

inline sc_core::sc_time nanoseconds(double value) {
  return sc_core::sc_time(value, sc_core::SC_NS);
}

/// Runs `script` against an engine; fails unless it comes to its end within a simulated second.
inline void run_engine(const digital_engine::EngineParameters& parameters,
                       const std::function<void(EngineFixture&)>& script) {
  bool finished = false;
  EngineFixture fixture("host", parameters, [&](EngineFixture& host) {
    script(host);
    finished = true;
  });
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  BOOST_CHECK(finished);
}

}  // namespace invar::test

#endif
