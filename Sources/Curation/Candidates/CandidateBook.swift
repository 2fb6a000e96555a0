import Domain
import Notation

/// All candidates of a file, in the order in which they came; a candidate once taken in stays.
public struct CandidateBook: Sendable {
    public private(set) var candidates: [Candidate] = []
    private var places: [String: Int] = [:]
    private var references: Set<String> = []

    public init() {}

    /// Reads a file of candidates.
    ///
    /// - Throws: the first line that is none: a file that is not understood is never written over.
    public init(_ bytes: [UInt8], file: String) throws(DatasetProblemAt) {
        var splitter = JSONLineSplitter()
        var problem: DatasetProblemAt?
        func take(_ line: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
            guard problem == nil else { return }
            guard let row = (try? JSONValue.parse(bytes))?.objectValue,
                let candidate = CandidateCodec.candidate(row)
            else {
                problem = DatasetProblemAt(
                    "\(file):\(line): no candidate; mend the line, or take it out and keep it elsewhere")
                return
            }
            if places[candidate.id] != nil {
                problem = DatasetProblemAt(
                    "\(file):\(line): the candidate \(candidate.id) stands twice; keep one of them")
                return
            }
            append(candidate)
        }
        do {
            try splitter.feed(bytes, take)
            try splitter.finish(take)
        } catch { problem = DatasetProblemAt("\(file): a line is too long to be a candidate") }
        if let problem { throw problem }
    }

    /// Why a file of candidates cannot be used.
    public struct DatasetProblemAt: Error, Sendable, Hashable {
        public let message: String

        init(_ message: String) { self.message = message }
    }

    public var bytes: [UInt8] {
        var out: [UInt8] = []
        for candidate in candidates {
            out += JSONValue.object(CandidateCodec.row(candidate)).bytes() + [0x0A]
        }
        return out
    }

    public subscript(id: String) -> Candidate? { places[id].map { candidates[$0] } }

    /// What came of a sighting.
    public enum Outcome: Sendable, Hashable { case new, seenAgain, known }

    /// Takes in a sighting: a new candidate, or one more signal of one that is here. A candidate that was decided stays
    /// decided.
    public mutating func add(_ sighted: Candidate) -> Outcome {
        var candidate = sighted
        candidate.id = CandidateCodec.id(of: sighted)
        let fresh = candidate.signals.filter { !references.contains($0.reference) }
        guard !fresh.isEmpty else { return .known }
        guard let place = places[candidate.id] else {
            candidate.signals = fresh
            candidate.cluster = candidate.id
            append(candidate)
            return .new
        }
        candidates[place].signals += fresh
        for text in candidate.observed where !candidates[place].observed.contains(text) {
            if candidates[place].observed.count < 5 { candidates[place].observed.append(text) }
        }
        if candidates[place].correction == nil { candidates[place].correction = candidate.correction }
        for signal in fresh { references.insert(signal.reference) }
        return .seenAgain
    }

    /// Replaces a candidate by what it has become.
    public mutating func put(_ candidate: Candidate) {
        guard let place = places[candidate.id] else { return }
        candidates[place] = candidate
    }

    /// Takes candidates out again that were added in vain.
    mutating func drop(_ ids: Set<String>) {
        guard !ids.isEmpty else { return }
        let kept = candidates.filter { !ids.contains($0.id) }
        candidates = []
        places = [:]
        references = []
        for candidate in kept { append(candidate) }
    }

    private mutating func append(_ candidate: Candidate) {
        places[candidate.id] = candidates.count
        for signal in candidate.signals { references.insert(signal.reference) }
        candidates.append(candidate)
    }

    /// Candidates by the clusters they form: the gravest first, then those that were seen most.
    public func clusters(_ wanted: (Candidate) -> Bool) -> [[Candidate]] {
        var members: [String: [Candidate]] = [:]
        var order: [String] = []
        for candidate in candidates where wanted(candidate) {
            if members[candidate.cluster] == nil { order.append(candidate.cluster) }
            members[candidate.cluster, default: []].append(candidate)
        }
        let rank = { (kind: CandidateSignal) in CandidateSignal.allCases.firstIndex(of: kind) ?? 0 }
        var keyed: [(rank: Int, seen: Int, place: Int, members: [Candidate])] = []
        for (place, name) in order.enumerated() {
            let group = members[name] ?? []
            let gravest = group.map { rank($0.gravest) }.min() ?? 0
            keyed.append((gravest, -group.reduce(0) { $0 + $1.signals.count }, place, group))
        }
        keyed.sort { ($0.rank, $0.seen, $0.place) < ($1.rank, $1.seen, $1.place) }
        return keyed.map(\.members)
    }
}
