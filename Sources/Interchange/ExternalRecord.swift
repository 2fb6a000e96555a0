import Domain
import Notation

/// One record of a file of scores made elsewhere, before it is bound to a run: what it scores, and the scores.
public struct ExternalRecord: Sendable, Hashable {
    public struct Score: Sendable, Hashable {
        /// As the file calls it.
        public let name: String
        /// Nil: the scorer gave none.
        public let value: Double?
        /// Why there is none, or what the scorer says to it.
        public let reason: String?
        /// Why what stands there is no score: a sentence without content of the record; nil where nothing stands there.
        public var problem: String?
    }

    /// Line or number of the record, from 1.
    public var place = 0
    public var id: String?
    public var query: String?
    public var arm: Arm?
    public var repetition: Int?
    /// The digest of the answer that was scored, in hexadecimal.
    public var answer: String?
    public var versions: [Answer.Version] = []
    /// Seconds since 1970.
    public var time: Int?
    public var dataset: String?
    public var scorer: String?
    public var scores: [Score] = []
}

/// What a file of scores held, and what of it could not be read.
public struct ExternalRecords: Sendable {
    public var records: [ExternalRecord] = []
    /// Reasons with the first places where they stand, in the order met.
    public private(set) var setAside: [(reason: String, places: [Int], count: Int)] = []
    /// What places count: `line` or `record`.
    public var unit = "record"

    init() {}

    mutating func setAside(_ reason: String, at place: Int) {
        if let index = setAside.firstIndex(where: { $0.reason == reason }) {
            setAside[index].count += 1
            if setAside[index].places.count < 3 { setAside[index].places.append(place) }
        } else {
            setAside.append((reason, [place], 1))
        }
    }

    /// `3 records (lines 4, 9, 12): the score is no number`.
    public var problems: [String] {
        setAside.map { entry in
            let what = entry.count == 1 ? "1 record" : "\(entry.count) records"
            return "\(what) (\(words(entry.places, of: entry.count))): \(entry.reason)"
        }
    }

    /// `lines 4, 9, 12 …`.
    func words(_ places: [Int], of count: Int) -> String {
        unit + (count == 1 ? " " : "s ") + places.map(String.init).joined(separator: ", ")
            + (count > places.count ? " …" : "")
    }
}
