import Domain
import Notation

/// A line of a journey's clean-up journal. It holds no secret: `${env:NAME}` stays unresolved, secret captures are
/// left out.
public enum JournalEvent: Sendable {
    case began(JournalHead)
    /// Written before the step acts.
    case intends(number: Int, step: String, CleanUpRequest, values: [(name: String, value: JSONValue)])
    /// What a step's answer gave, for its own clean-up and later ones.
    case learnt([(name: String, value: JSONValue)])
    /// The step surely changed nothing.
    case void(number: Int)
    case cleaned(number: Int, how: String)
    case failed(number: Int, why: String)

    static let format = "sluice.journey-journal/1"

    public var line: [UInt8] {
        switch self {
        case .began(let head):
            return object(
                "began",
                [
                    "format": .string(Self.format), "run": .string(head.run),
                    "journey": .string(head.journey),
                    "policy": .string(head.policy), "unique": .string(head.unique),
                    "at": .string(head.startedAt),
                ])
        case .intends(let number, let step, let cleanUp, let values):
            return object(
                "intends",
                [
                    "number": .integer(Int64(number)), "step": .string(step),
                    "clean_up": CleanUpCodec.encode(cleanUp), "values": Self.pairs(values),
                ])
        case .learnt(let values): return object("learnt", ["values": Self.pairs(values)])
        case .void(let number): return object("void", ["number": .integer(Int64(number))])
        case .cleaned(let number, let how):
            return object("cleaned", ["number": .integer(Int64(number)), "how": .string(how)])
        case .failed(let number, let why):
            return object("failed", ["number": .integer(Int64(number)), "why": .string(why)])
        }
    }

    private func object(_ kind: String, _ members: KeyValuePairs<String, JSONValue>) -> [UInt8] {
        var object = JSONObject()
        object["event"] = .string(kind)
        for member in members { object[member.key] = member.value }
        return JSONValue.object(object).bytes()
    }

    private static func pairs(_ values: [(name: String, value: JSONValue)]) -> JSONValue {
        .array(values.map { [.string($0.name), $0.value] })
    }

    /// - Throws: What in the line cannot be read.
    public init(line: [UInt8]) throws(JournalProblem) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(line, limits: JSONLimits(depth: 64)) } catch {
            throw JournalProblem("a line is no JSON: \(error.cause)")
        }
        func text(_ key: String) -> String { value[key]?.stringValue ?? "" }
        func number() throws(JournalProblem) -> Int {
            guard let number = value["number"]?.intValue else {
                throw JournalProblem("a line lacks its number")
            }
            return number
        }
        var pairs: [(name: String, value: JSONValue)] = []
        for pair in value["values"]?.arrayValue ?? [] {
            guard let name = pair[0]?.stringValue, let kept = pair[1] else { continue }
            pairs.append((name, kept))
        }
        switch text("event") {
        case "began":
            guard text("format") == Self.format else {
                throw JournalProblem("it is of another form than \(Self.format)")
            }
            self = .began(
                JournalHead(
                    run: text("run"), journey: text("journey"), policy: text("policy"),
                    unique: text("unique"),
                    startedAt: text("at")))
        case "intends":
            guard let cleanUp = value["clean_up"] else { throw JournalProblem("a line lacks its clean-up") }
            self = .intends(
                number: try number(), step: text("step"), try CleanUpCodec.decode(cleanUp), values: pairs)
        case "learnt": self = .learnt(pairs)
        case "void": self = .void(number: try number())
        case "cleaned": self = .cleaned(number: try number(), how: text("how"))
        case "failed": self = .failed(number: try number(), why: text("why"))
        default: throw JournalProblem("a line says nothing that is known")
        }
    }
}

/// Whose clean-ups a journal holds.
public struct JournalHead: Sendable, Hashable {
    public let run: String
    public let journey: String
    public let policy: String
    public let unique: String
    public let startedAt: String

    public init(run: String, journey: String, policy: String, unique: String, startedAt: String) {
        self.run = run
        self.journey = journey
        self.policy = policy
        self.unique = unique
        self.startedAt = startedAt
    }
}

/// What a journal leaves to do.
public struct JournalState: Sendable {
    /// A clean-up that was meant, and of which nothing says that it was made.
    public struct Open: Sendable {
        public let number: Int
        public let step: String
        public let cleanUp: CleanUpRequest
        /// How often it failed so far.
        public var failures: Int
    }

    public let head: JournalHead
    /// The last one first.
    public let open: [Open]
    public let values: [(name: String, value: JSONValue)]

    /// - Parameter lines: Whole lines; a torn last one was never acknowledged and is left out by who reads them.
    /// - Throws: What cannot be read: then nothing of it is done.
    public init(lines: [[UInt8]]) throws(JournalProblem) {
        var head: JournalHead?
        var open: [Open] = []
        var values: [(name: String, value: JSONValue)] = []
        func learn(_ pairs: [(name: String, value: JSONValue)]) {
            for pair in pairs {
                values.removeAll { $0.name == pair.name }
                values.append(pair)
            }
        }
        for line in lines {
            switch try JournalEvent(line: line) {
            case .began(let found): head = found
            case .intends(let number, let step, let cleanUp, let pairs):
                open.append(Open(number: number, step: step, cleanUp: cleanUp, failures: 0))
                learn(pairs)
            case .learnt(let pairs): learn(pairs)
            case .void(let number), .cleaned(let number, _): open.removeAll { $0.number == number }
            case .failed(let number, _):
                if let index = open.firstIndex(where: { $0.number == number }) { open[index].failures += 1 }
            }
        }
        guard let head else { throw JournalProblem("it does not say whose it is") }
        self.head = head
        self.open = open.reversed()
        self.values = values
    }
}
