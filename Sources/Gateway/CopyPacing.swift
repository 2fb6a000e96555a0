/// How often copies are tried to an arm that answers none: each try is a connection that is made and broken, for which
/// the machine that serves production pays.
struct CopyPacing {
    private var failures = 0
    private var next: UInt64 = 0
    private var pause = CopyPacing.shortest

    /// So many in a row came to nothing before any is held back: an arm that restarts is met at once again.
    private static let patience = 16
    /// Between two tries, in nanoseconds: doubled with each that fails.
    private static let shortest: UInt64 = 10_000_000
    private static let longest: UInt64 = 1_000_000_000

    /// Whether a copy may be tried now.
    mutating func lets(_ now: UInt64) -> Bool {
        guard failures >= Self.patience else { return true }
        guard now >= next else { return false }
        // Those that come until it is known what became of this one wait for it.
        next = now + pause
        return true
    }

    /// An arm answered, whatever it said.
    mutating func answered() {
        failures = 0
        pause = Self.shortest
    }

    mutating func failed(_ now: UInt64) {
        failures += 1
        guard failures >= Self.patience else { return }
        if failures > Self.patience { pause = min(2 * pause, Self.longest) }
        next = now + pause
    }
}

/// How fast the answers to copies are read, together: what floods would take a processor that production needs.
struct CopyIntake {
    private var window: UInt64 = 0
    private var taken = 0

    private static let length: UInt64 = 50_000_000
    /// Bytes a window: 128 MB a second.
    static let most = 128_000_000 / 20

    /// Takes note of bytes that came.
    ///
    /// - Returns: How long to wait before more is read, in nanoseconds.
    mutating func take(_ bytes: Int, at now: UInt64) -> UInt64 {
        if now &- window >= Self.length { (window, taken) = (now, 0) }
        taken += bytes
        return taken > Self.most ? Self.length - (now - window) : 0
    }
}
