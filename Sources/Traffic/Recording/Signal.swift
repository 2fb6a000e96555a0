import Glibc

/// Wakes one waiting thread. Giving it costs a system call only where someone waits.
///
/// `@unchecked`: the C objects are made for use by several threads, and live as long as this one.
final class Signal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Behind the mutex.
    private var isGiven = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func give() {
        pthread_mutex_lock(mutex)
        isGiven = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until it is given or the time has come, and takes it.
    ///
    /// - Parameter deadline: On the monotonic clock, in nanoseconds.
    func take(until deadline: UInt64) {
        var time = timespec()
        time.tv_sec = time_t(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        pthread_mutex_lock(mutex)
        while !isGiven {
            if pthread_cond_timedwait(condition, mutex, &time) != 0 { break }
        }
        isGiven = false
        pthread_mutex_unlock(mutex)
    }
}
