#include <invar/simulation/numerics_runner.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(numerics_runner)

using invar::simulation::NumericsRunner;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

/// A process with a stack of SystemC's usual size.
struct Caller : sc_core::sc_module {
  std::function<void(Caller&)> script;

  Caller(const sc_core::sc_module_name& name, std::function<void(Caller&)> body)
      : sc_core::sc_module(name), script(std::move(body)) {
    INVAR_HAS_PROCESS(Caller);
    SC_THREAD(run);
  }
  void run() { script(*this); }
  void pause(double time_ns) { wait(sc_time(time_ns, SC_NS)); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(large_products_and_factorisations_run_for_a_thread_with_a_small_stack) {
  NumericsRunner numerics("numerics");
  int sizes_done = 0;
  Caller caller("caller", [&](Caller&) {
    // Sizes around Eigen's blocking limits, which overflow the stack of a process.
    for (const int n : {120, 124, 128, 512, 1024}) {
      Eigen::MatrixXd product;
      double residual = 1.0;
      numerics.run([&] {
        Eigen::MatrixXd a(n, n);
        for (int row = 0; row < n; ++row) {
          for (int column = 0; column < n; ++column) {
            a(row, column) = (row * 31 + column * 17) % 13 - 6.0;
          }
        }
        product = a * a.transpose();
        product.diagonal().array() += n;
        const Eigen::VectorXd ones = Eigen::VectorXd::Ones(n);
        const Eigen::VectorXd solution = product.llt().solve(ones);
        residual = (product * solution - ones).norm() / ones.norm();
      });
      double first = n;
      for (int column = 0; column < n; ++column) {
        const double element = column * 17 % 13 - 6.0;
        first += element * element;
      }
      BOOST_TEST(product(0, 0) == first);
      BOOST_TEST(residual < 1e-10);
      ++sizes_done;
    }
  });
  sc_start(sc_time(1, SC_NS));
  BOOST_TEST(sizes_done == 5);
}

BOOST_AUTO_TEST_CASE(work_takes_no_simulated_time) {
  NumericsRunner numerics("numerics");
  sc_time finished;
  int runs = 0;
  Caller caller("caller", [&](Caller& self) {
    self.pause(7);
    for (int i = 0; i < 100; ++i) {
      numerics.run([&] { ++runs; });
    }
    finished = sc_core::sc_time_stamp();
  });
  sc_start(sc_time(1, sc_core::SC_US));
  BOOST_TEST(runs == 100);
  BOOST_TEST(finished == sc_time(7, SC_NS));
}

BOOST_AUTO_TEST_CASE(an_exception_reaches_the_caller_and_the_runner_goes_on) {
  NumericsRunner numerics("numerics");
  std::string message;
  bool ran_again = false;
  Caller caller("caller", [&](Caller&) {
    try {
      numerics.run([] { throw std::domain_error("pivot 3 is negative"); });
    } catch (const std::domain_error& error) {
      message = error.what();
    }
    numerics.run([&] { ran_again = true; });
  });
  sc_start(sc_time(1, SC_NS));
  BOOST_TEST(message == "pivot 3 is negative");
  BOOST_TEST(ran_again);
}

BOOST_AUTO_TEST_CASE(started_work_is_done_at_the_join_with_any_number_of_threads) {
  std::vector<std::unique_ptr<invar::simulation::WorkerPool>> pools;
  std::vector<std::unique_ptr<NumericsRunner>> runners;
  std::vector<std::unique_ptr<Caller>> callers;
  std::vector<int> results(3, 0);
  for (int i = 0; i < 3; ++i) {
    pools.push_back(std::make_unique<invar::simulation::WorkerPool>(1 << i));
    runners.push_back(std::make_unique<NumericsRunner>("numerics", pools.back().get()));
    NumericsRunner& numerics = *runners.back();
    callers.push_back(std::make_unique<Caller>("caller", [&numerics, &results, i](Caller& self) {
      int result = 0;
      numerics.start([&result] { result = 42; });
      self.pause(5);
      numerics.join();
      results[i] = result;
      BOOST_TEST(sc_core::sc_time_stamp() == sc_time(5, SC_NS));
    }));
  }
  sc_start(sc_time(10, SC_NS));
  for (const int result : results) {
    BOOST_TEST(result == 42);
  }
}

BOOST_AUTO_TEST_CASE(threads_make_no_difference_to_delta_cycles) {
  std::vector<std::uint64_t> taken;
  invar::simulation::WorkerPool pool(2);
  NumericsRunner alone("alone");
  NumericsRunner threaded("threaded", &pool);
  const auto body = [&](NumericsRunner& numerics) {
    return [&numerics, &taken](Caller&) {
      const std::uint64_t start = sc_core::sc_delta_count();
      numerics.start([] {});
      numerics.meet(false);
      numerics.meet(true);
      numerics.join();
      taken.push_back(sc_core::sc_delta_count() - start);
    };
  };
  Caller one("one", body(alone));
  Caller two("two", body(threaded));
  sc_start(sc_time(1, SC_NS));
  BOOST_REQUIRE(taken.size() == 2u);
  BOOST_TEST(taken[0] == taken[1]);
}

BOOST_AUTO_TEST_CASE(an_exception_of_started_work_comes_out_of_the_join) {
  invar::simulation::WorkerPool pool(2);
  NumericsRunner numerics("numerics", &pool);
  std::string message;
  Caller caller("caller", [&](Caller&) {
    numerics.start([] { throw std::domain_error("singular"); });
    try {
      numerics.join();
    } catch (const std::domain_error& error) {
      message = error.what();
    }
  });
  sc_start(sc_time(1, SC_NS));
  BOOST_TEST(message == "singular");
}

BOOST_AUTO_TEST_CASE(runners_of_several_instances_do_not_meet) {
  NumericsRunner first("first");
  NumericsRunner second("second");
  std::vector<int> order;
  const auto body = [&](NumericsRunner& numerics, int id) {
    return [&numerics, &order, id](Caller& self) {
      for (int i = 0; i < 3; ++i) {
        int result = 0;
        numerics.run([&result, id, i] { result = 10 * id + i; });
        BOOST_TEST(result == 10 * id + i);
        order.push_back(result);
        self.pause(1);
      }
    };
  };
  Caller one("one", body(first, 1));
  Caller two("two", body(second, 2));
  sc_start(sc_time(10, SC_NS));
  BOOST_TEST(order.size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
