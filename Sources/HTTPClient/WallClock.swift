import Glibc

/// The time of day, for what servers say of when to come back.
public enum WallClock {
    /// Seconds since 1970; a clock that people may set.
    public static func secondsSince1970() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
