#include <invar/simulation/worker_pool.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(worker_pool)

using invar::simulation::WorkerPool;

BOOST_AUTO_TEST_CASE(one_thread_or_fewer_means_none) {
  BOOST_TEST(!WorkerPool(0).has_threads());
  BOOST_TEST(!WorkerPool(1).has_threads());
  BOOST_TEST(WorkerPool(2).has_threads());
}

BOOST_AUTO_TEST_CASE(two_jobs_run_at_the_same_time) {
  WorkerPool pool(2);
  std::atomic<int> arrived{0};
  // Each job waits for the other: alone, neither would end.
  const auto meet = [&arrived] {
    ++arrived;
    while (arrived < 2) {
      std::this_thread::yield();
    }
  };
  std::future<void> first = pool.submit(meet);
  std::future<void> second = pool.submit(meet);
  first.get();
  second.get();
  BOOST_TEST(arrived == 2);
}

BOOST_AUTO_TEST_CASE(what_a_job_throws_arrives_at_whoever_waits_and_the_pool_goes_on) {
  WorkerPool pool(2);
  std::future<void> bad = pool.submit([] { throw std::domain_error("singular"); });
  BOOST_CHECK_THROW(bad.get(), std::domain_error);
  bool ran = false;
  pool.submit([&ran] { ran = true; }).get();
  BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_pool_waits_for_jobs_under_way_and_drops_the_rest) {
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
  std::vector<std::future<void>> jobs;
  {
    WorkerPool pool(2);
    for (int i = 0; i < 50; ++i) {
      jobs.push_back(pool.submit([&] {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ++ended;
      }));
    }
    while (begun == 0) {
      std::this_thread::yield();
    }
  }
  BOOST_TEST(begun == ended);
  BOOST_TEST(ended < 50);
  for (std::future<void>& job : jobs) {
    job.wait();  // never for ever
  }
}

BOOST_AUTO_TEST_SUITE_END()
