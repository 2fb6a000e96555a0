/// Keys of the runs of `order` neighbouring tokens, in the order of the text.
public func ngramKeys(_ tokens: [UInt64], order: Int) -> [UInt64] {
    if order == 1 { return tokens }
    guard order > 1, tokens.count >= order else { return [] }
    var keys: [UInt64] = []
    keys.reserveCapacity(tokens.count - order + 1)
    for start in 0...(tokens.count - order) {
        var key = tokens[start]
        for offset in 1..<order { key = joined(key, tokens[start + offset]) }
        keys.append(key)
    }
    return keys
}

@inline(__always)
private func joined(_ left: UInt64, _ right: UInt64) -> UInt64 {
    mixed((left &* 0x9e37_79b9_7f4a_7c15) &+ right)
}

/// The keys of the runs of one to `order` neighbouring tokens: each order's are made of those of the order below.
public func ngramKeys(_ tokens: [UInt64], upTo order: Int) -> [[UInt64]] {
    var orders = [tokens]
    while orders.count < order {
        let width = orders.count
        let shorter = orders[width - 1]
        guard tokens.count > width else {
            orders.append([])
            continue
        }
        var keys: [UInt64] = []
        keys.reserveCapacity(tokens.count - width)
        for start in 0..<(tokens.count - width) { keys.append(joined(shorter[start], tokens[start + width])) }
        orders.append(keys)
    }
    return orders
}
