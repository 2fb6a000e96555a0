import Domain

/// Uses of models in several parts of a run, or in runs that share them.
extension ModelUse {
    /// With what an earlier part used of the same model.
    func adding(_ other: ModelUse) -> ModelUse {
        var sum = combined(with: other, sign: 1)
        sum.parts = parts + other.parts
        (sum.lastAsked, sum.lastMoney) = (asked, money)
        sum.currency = currency ?? other.currency
        sum.names = Set(names).union(other.names).sorted()
        sum.problems = problems + other.problems.filter { !problems.contains($0) }
        return sum
    }

    /// Without what had been used before; the names that it bears stay.
    func less(_ earlier: ModelUse) -> ModelUse { combined(with: earlier, sign: -1) }

    private func combined(with other: ModelUse, sign: Int) -> ModelUse {
        func change(_ mine: Int, _ others: Int) -> Int { max(0, mine + sign * others) }
        var use = self
        use.wanted = change(wanted, other.wanted)
        use.asked = change(asked, other.asked)
        use.cached = change(cached, other.cached)
        use.failed = change(failed, other.failed)
        use.unparsable = change(unparsable, other.unparsable)
        use.windowed = change(windowed, other.windowed)
        use.inBothOrders = change(inBothOrders, other.inBothOrders)
        use.orderDisagreed = change(orderDisagreed, other.orderDisagreed)
        if tokens != nil || other.tokens != nil { use.tokens = change(tokens ?? 0, other.tokens ?? 0) }
        if money != nil || other.money != nil {
            use.money = max(0, (money ?? 0) + Double(sign) * (other.money ?? 0))
        }
        return use
    }

    private func isOfSame(_ other: ModelUse) -> Bool {
        model.role == other.model.role && model.digest == other.model.digest
    }

    /// What was used since, where `before` is what had been used then.
    static func since(_ before: [ModelUse], _ now: [ModelUse]) -> [ModelUse] {
        now.compactMap { use in
            guard let earlier = before.first(where: { $0.isOfSame(use) }) else { return use }
            let left = use.less(earlier)
            return left.wanted > 0 ? left : nil
        }
    }

    /// Two parts of one run: by model, those of the first part in their order.
    static func merged(_ first: [ModelUse], _ second: [ModelUse]) -> [ModelUse] {
        var merged = first
        for use in second {
            if let place = merged.firstIndex(where: { $0.isOfSame(use) }) {
                merged[place] = use.adding(merged[place])
            } else {
                merged.append(use)
            }
        }
        return merged
    }
}
