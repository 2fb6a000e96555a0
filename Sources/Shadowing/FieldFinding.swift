import Statistics

/// One way in which answers differ at one place, over all pairs.
public struct FieldFinding: Sendable {
    /// What may be said of it.
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// More often than production differs from itself, or in one direction: beyond chance.
        case proven
        /// Not more often than chance would have it.
        case noise
        /// Fewer keys than the floor.
        case few
        /// Nobody measured how much production differs from itself, and the change has no direction.
        case unattributed
    }

    public let path: String
    public let kind: FieldChange.Kind
    /// Pairs whose bodies were compared: JSON in both arms, and one status.
    public let of: Int
    /// Pairs in which it is so.
    public let pairs: Int
    /// Keys of `pairs`, of all keys.
    public let keys: Int
    public let share: Reading
    /// The same between production's two answers, over the pairs that have both; nil without the third arm.
    public let noise: Reading?
    public let noisePairs: Int
    /// Which question the test puts; nil where none can be put.
    public let question: String?
    public let test: TestResult?
    public internal(set) var adjusted: Double?
    public internal(set) var standing: Standing
    /// The first that was seen, as an example.
    public let example: Example

    public struct Example: Sendable, Hashable {
        public let request: String
        public let before: String?
        public let after: String?
    }
}

/// Adds up differences of JSON bodies, key by key.
struct FieldTally {
    private struct Place: Hashable {
        let path: String
        let kind: FieldChange.Kind
    }

    private struct Net {
        /// Pairs in which the candidate differs, less pairs in which production's second answer does, where both are.
        var floor: Int32 = 0
        /// Pairs by direction.
        var direction: Int32 = 0
        var candidate: Int32 = 0
        var control: Int32 = 0
    }

    private struct Entry {
        var pairs = 0
        var noisePairs = 0
        var keys: [Int32: Net] = [:]
        var example: FieldFinding.Example?
    }

    private var entries: [Place: Entry] = [:]
    private var compared = 0
    private var comparedThree = 0
    /// Pairs of each key.
    private var seenKeys: [Int32: Int32] = [:]
    private var seenKeysThree: [Int32: Int32] = [:]
    /// Changes at places beyond the bound, which are not told one by one.
    private(set) var beyond = 0

    /// Places and kinds kept: objects whose names are data (ids, dates) would have no end.
    private static let most = 4_000

    var pairs: Int { compared }
    var keys: Int { seenKeys.count }

    /// - Parameter control: Between production's two answers; nil where there is one only.
    mutating func add(
        key: Int32, request: String, _ candidate: JSONDifference, control: JSONDifference?
    ) {
        compared += 1
        seenKeys[key, default: 0] += 1
        if control != nil {
            comparedThree += 1
            seenKeysThree[key, default: 0] += 1
        }
        var order: [Place] = []
        var here: [Place: (change: FieldChange, direction: Int)] = [:]
        for change in candidate.changes {
            let place = Place(path: change.path, kind: change.kind)
            if here[place] == nil { order.append(place) }
            here[place, default: (change, 0)].direction += change.direction
        }
        for place in order {
            guard let found = here[place] else { continue }
            guard entries[place] != nil || entries.count < Self.most else {
                beyond += 1
                continue
            }
            // In place: a copy of what each key did would be made for every change.
            update(&entries[place, default: Entry()], key, request, found, isThree: control != nil)
        }
        var noise: Set<Place> = []
        for change in control?.changes ?? [] {
            let place = Place(path: change.path, kind: change.kind)
            guard noise.insert(place).inserted, entries[place] != nil || entries.count < Self.most else {
                continue
            }
            note(&entries[place, default: Entry()], key)
        }
    }

    private func update(
        _ entry: inout Entry, _ key: Int32, _ request: String, _ found: (change: FieldChange, direction: Int),
        isThree: Bool
    ) {
        entry.pairs += 1
        var net = entry.keys[key] ?? Net()
        net.candidate += 1
        net.direction += Int32(found.direction.signum())
        if isThree { net.floor += 1 }
        entry.keys[key] = net
        // The least id, so that the order of reading changes nothing.
        if let old = entry.example, old.request <= request { return }
        entry.example = FieldFinding.Example(
            request: request, before: found.change.before, after: found.change.after)
    }

    private func note(_ entry: inout Entry, _ key: Int32) {
        entry.noisePairs += 1
        var net = entry.keys[key] ?? Net()
        net.control += 1
        net.floor -= 1
        entry.keys[key] = net
    }

    /// Questions that were open before anything was seen: what only production's own answers show is one too.
    var questions: Int {
        comparedThree > 0 ? entries.count : entries.count { $0.value.pairs > 0 && $0.key.kind != .order }
    }

    /// What was found, by place and kind; what only production's own answers show is left out.
    ///
    /// - Parameter floor: Keys below which nothing is said of a field.
    func findings(floor least: Int, confidence: Double) -> [FieldFinding] {
        let places = entries.keys.sorted { ($0.path, $0.kind) < ($1.path, $1.kind) }
        var found: [FieldFinding] = []
        for place in places {
            guard let entry = entries[place], entry.pairs > 0, let example = entry.example else { continue }
            let changed = entry.keys.values.count { $0.candidate > 0 }
            let (question, test) = self.test(place, entry)
            let isFew = (comparedThree > 0 ? seenKeysThree.count : seenKeys.count) < least
            found.append(
                FieldFinding(
                    path: place.path, kind: place.kind, of: compared, pairs: entry.pairs, keys: changed,
                    share: share(entry.keys.mapValues(\.candidate), of: seenKeys, confidence),
                    noise: comparedThree == 0
                        ? nil
                        : share(entry.keys.mapValues(\.control), of: seenKeysThree, confidence),
                    noisePairs: entry.noisePairs, question: question, test: isFew ? nil : test, adjusted: nil,
                    standing: isFew ? .few : test == nil ? .unattributed : .noise, example: example))
        }
        return found
    }

    /// The mean over keys of the share of each key's requests in which it is so, as every other share.
    private func share(
        _ counts: [Int32: Int32], of keys: [Int32: Int32], _ confidence: Double
    ) -> Reading {
        let isSingle = keys.values.allSatisfy { $0 == 1 }
        // Sorted: sums must not hang on the order of a dictionary.
        let shares = keys.keys.sorted().map { key in
            Double(counts[key] ?? 0) / Double(max(1, keys[key] ?? 1))
        }
        var sum = 0.0
        for share in shares { sum += share }
        let method = isSingle ? "share of keys" : "mean over keys of each key's share"
        return Reading(sum / Double(max(1, shares.count)), n: shares.count, method: method) {
            () throws(EstimateError) in
            if isSingle {
                return try wilsonInterval(
                    successes: Int(sum.rounded()), trials: shares.count, confidence: confidence)
            }
            return try keyedInterval(shares, range: 0...1, confidence: confidence)
        }
    }

    private func test(_ place: Place, _ entry: Entry) -> (String?, TestResult?) {
        if comparedThree > 0 {
            let up = entry.keys.values.count { $0.floor > 0 }
            let down = entry.keys.values.count { $0.floor < 0 }
            return (
                "differs more often than production from itself",
                try? signTest(up: up, down: down, of: seenKeysThree.count, .greater)
            )
        }
        // Without the third arm only a direction can speak: arms that are alike would go either way as often.
        var net: [Int32: Int32] = [:]
        switch place.kind {
        case .missing, .extra:
            for kind in [FieldChange.Kind.missing, .extra] {
                for (key, value) in entries[Place(path: place.path, kind: kind)]?.keys ?? [:] {
                    net[key, default: 0] += value.direction
                }
            }
        case .type, .length, .value: for (key, value) in entry.keys { net[key] = value.direction }
        case .order: return (nil, nil)
        }
        let up = net.values.count { $0 > 0 }
        let down = net.values.count { $0 < 0 }
        guard up + down > 0 else { return (nil, nil) }
        let question = "goes one way more often than the other"
        return (question, try? signTest(up: up, down: down, of: seenKeys.count, .twoSided))
    }
}
