/// Remembers 64-bit hashes in bounded memory: a table of fingerprints with linear probing, which doubles until it has
/// room for its capacity and then takes nothing new.
///
/// It never forgets what it was given. That it takes what is new for known has a chance of `entries · 2⁻⁶⁴`: two keys
/// must share the whole hash. 8 bytes a slot, at most 7 of 8 slots in use.
struct KeyFilter: Sendable {
    enum Insertion { case new, known, full }

    private var slots: [UInt64]
    private var mask: Int
    private let capacity: Int
    private(set) var count = 0
    /// 0 marks a free slot; the hash that is 0 stands beside.
    private var holdsZero = false

    /// - Parameter capacity: The most hashes it remembers.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        slots = [UInt64](repeating: 0, count: 1024)
        mask = 1023
    }

    /// The memory that it takes now.
    var bytes: Int { slots.count * 8 }

    /// The chance at most that the next new hash is taken for a known one.
    var falsePositive: Double { Double(count) * 0x1p-64 }

    /// Remembers a hash. Constant time, but for the doubling.
    mutating func insert(_ hash: UInt64) -> Insertion {
        if hash == 0 {
            if holdsZero { return .known }
            guard count < capacity else { return .full }
            holdsZero = true
            count += 1
            return .new
        }
        var place = Self.start(hash) & mask
        while slots[place] != 0 {
            if slots[place] == hash { return .known }
            place = (place + 1) & mask
        }
        guard count < capacity else { return .full }
        count += 1
        slots[place] = hash
        if count > slots.count / 8 * 7 { grow() }
        return .new
    }

    private static func start(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 >> 20)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        mask = slots.count - 1
        for hash in old where hash != 0 {
            var place = Self.start(hash) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = hash
        }
    }
}

/// Remembers the ids of the last requests, to know those that come again: two generations, of which the older goes
/// when the younger is full or old.
struct RecentIDs: Sendable {
    private var young: KeyFilter
    private var old: KeyFilter
    private let capacity: Int
    private var began: Int
    /// How long a generation lasts.
    static let seconds = 300

    init(capacity: Int, now: Int) {
        self.capacity = capacity
        young = KeyFilter(capacity: capacity)
        old = KeyFilter(capacity: 1)
        began = now
    }

    /// Whether the id was seen before, within one to two generations; it is from now on.
    ///
    /// - Parameter now: In seconds.
    mutating func isRepeat(_ hash: UInt64, now: Int) -> Bool {
        if now - began >= Self.seconds || young.count >= capacity {
            old = young
            young = KeyFilter(capacity: capacity)
            began = now
        }
        let isKnown = young.insert(hash) == .known
        return isKnown || old.contains(hash)
    }
}

extension KeyFilter {
    func contains(_ hash: UInt64) -> Bool {
        if hash == 0 { return holdsZero }
        var place = Self.start(hash) & mask
        while slots[place] != 0 {
            if slots[place] == hash { return true }
            place = (place + 1) & mask
        }
        return false
    }
}
