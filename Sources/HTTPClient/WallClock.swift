import Glibc

/// The time of day, for what servers say of when to come back.
public enum WallClock {
    /// Whole seconds since 1970, as the dates in headers count; a clock that people may set.
    public static func secondsSince1970() -> Double {
        Double(time(nil))
    }
}
