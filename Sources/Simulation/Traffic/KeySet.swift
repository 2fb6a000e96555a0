/// Keys that were seen, cleared at no cost: open addressing with a stamp for each life.
struct KeySet: Sendable {
    private var keys: [UInt64]
    private var stamps: [UInt32]
    private var stamp: UInt32 = 1
    private var count = 0

    init() {
        keys = [UInt64](repeating: 0, count: 1024)
        stamps = [UInt32](repeating: 0, count: 1024)
    }

    mutating func removeAll() {
        count = 0
        stamp &+= 1
        guard stamp == 0 else { return }
        stamp = 1
        for index in stamps.indices { stamps[index] = 0 }
    }

    /// Whether the key was not there before.
    mutating func insert(_ key: UInt64) -> Bool {
        if count * 2 >= keys.count { grow() }
        var place = slot(key)
        while stamps[place] == stamp {
            if keys[place] == key { return false }
            place = (place + 1) & (keys.count - 1)
        }
        keys[place] = key
        stamps[place] = stamp
        count += 1
        return true
    }

    private func slot(_ key: UInt64) -> Int {
        var z = key &* 0x9E37_79B9_7F4A_7C15
        z ^= z >> 29
        return Int(truncatingIfNeeded: z) & (keys.count - 1)
    }

    private mutating func grow() {
        let old = zip(keys, stamps).filter { $0.1 == stamp }.map(\.0)
        keys = [UInt64](repeating: 0, count: keys.count * 2)
        stamps = [UInt32](repeating: 0, count: keys.count)
        count = 0
        for key in old { _ = insert(key) }
    }
}
