#ifndef INVAR_TESTS_TILE_TILE_HOST_H
#define INVAR_TESTS_TILE_TILE_HOST_H

#include <invar/tile/analog_tile.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <utility>
#include <vector>

namespace invar::test {

/// A host that drives one tile through its socket, as a driver would.
class TileHost : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<TileHost> socket;
  tile::AnalogTile<> tile;
  sc_core::sc_signal<bool> irq;
  sc_core::sc_signal<bool> rst;
  /// Whether accesses move `local` ahead instead of simulated time.
  bool decoupled = false;
  sc_core::sc_time local;
  bool finished = false;

  TileHost(const sc_core::sc_module_name& name, const tile::AnalogTileParameters& parameters,
           std::function<void(TileHost&)> script, ledger::Ledger* ledger = nullptr)
      : sc_core::sc_module(name),
        socket("socket"),
        tile("tile", parameters, ledger),
        irq("irq"),
        rst("rst"),
        script_(std::move(script)) {
    socket.bind(tile.socket);
    tile.irq(irq);
    tile.rst(rst);
    INVAR_HAS_PROCESS(TileHost);
    SC_THREAD(run);
  }

  static tile::AnalogTileParameters ideal_parameters(int rows = 16) {
    tile::AnalogTileParameters parameters;
    parameters.tile.rows = rows;
    parameters.tile.slices = 4;
    parameters.tile.seed_slices = 4;
    parameters.tile.fidelity = tile::Fidelity::ideal;
    parameters.tile.device.mean_pulses = 1.0;  // one pulse a cell: times follow by counting
    return parameters;
  }

  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                  std::size_t length) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned int>(length));
    payload.set_streaming_width(static_cast<unsigned int>(length));
    socket->b_transport(payload, local);
    if (!decoupled) {
      synchronise();
    }
    return payload.get_response_status();
  }
  void synchronise() {
    wait(local);
    local = sc_core::SC_ZERO_TIME;
  }
  void write(std::uint64_t address, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, address, &value, 4);
  }
  std::uint32_t read(std::uint64_t address) {
    std::uint32_t value = 0xDEADBEEF;
    access(tlm::TLM_READ_COMMAND, address, &value, 4);
    return value;
  }
  float read_float(std::uint64_t address) {
    float value = -1.0F;
    access(tlm::TLM_READ_COMMAND, address, &value, 4);
    return value;
  }

  void put_matrix(const Eigen::MatrixXd& matrix) {
    std::vector<float> rows;
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
        rows.push_back(static_cast<float>(matrix(row, column)));
      }
    }
    access(tlm::TLM_WRITE_COMMAND, INVAR_TILE_MATRIX, rows.data(), 4 * rows.size());
    write(INVAR_TILE_REG_SIZE, static_cast<std::uint32_t>(matrix.rows()));
  }
  void put_input(const Eigen::VectorXd& input) {
    Eigen::VectorXf values = input.cast<float>();
    access(tlm::TLM_WRITE_COMMAND, INVAR_TILE_INPUT, values.data(), 4 * values.size());
  }
  Eigen::VectorXd output(int n) {
    Eigen::VectorXf values(n);
    access(tlm::TLM_READ_COMMAND, INVAR_TILE_OUTPUT, values.data(), 4 * values.size());
    return values.cast<double>();
  }

  /// Starts a command, waits for its interrupt and acknowledges it. \return RESULT
  std::uint32_t run_command(std::uint32_t command) {
    write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
    write(INVAR_TILE_REG_COMMAND, command);
    if (!irq.read()) {
      wait(irq.posedge_event());
    }
    const std::uint32_t result = read(INVAR_TILE_REG_RESULT);
    write(INVAR_TILE_REG_IRQ_STATUS, INVAR_TILE_IRQ_DONE);
    wait(sc_core::sc_time(1, sc_core::SC_NS));
    return result;
  }
  std::uint32_t program(const Eigen::MatrixXd& matrix) {
    put_matrix(matrix);
    return run_command(INVAR_TILE_PROGRAM);
  }
  std::uint32_t apply(std::uint32_t command, const Eigen::VectorXd& input) {
    put_input(input);
    return run_command(command);
  }

 private:
  void run() {
    script_(*this);
    finished = true;
  }

  std::function<void(TileHost&)> script_;
};

/// Runs `script` against one tile, and checks that it came to its end.
inline void run_tile(const tile::AnalogTileParameters& parameters,
                     std::function<void(TileHost&)> script) {
  TileHost host("host", parameters, std::move(script));
  sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
  BOOST_CHECK(host.finished);
}

}  // namespace invar::test

#endif
