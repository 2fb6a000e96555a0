import Domain
import Notation

/// SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): one seed a case.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededRandom {
    mutating func maybe<T>(_ make: (inout SeededRandom) -> T) -> T? {
        Bool.random(using: &self) ? make(&self) : nil
    }

    mutating func list<T>(upTo limit: Int, _ make: (inout SeededRandom) -> T) -> [T] {
        var elements: [T] = []
        for _ in 0..<Int.random(in: 0...limit, using: &self) { elements.append(make(&self)) }
        return elements
    }

    mutating func text() -> String {
        let hostile = [
            "", " ", "\n", "\r\n", "\0", "\u{1}\u{1F}", "\"", "\\", "\\u0041", "</script>", "\u{2028}",
            "\u{FEFF}",
            "e\u{301}", "é", "𝒳", "👩‍👩‍👧", "مرحبا", "\u{202E}abc", "data: x\n\n", "{\"v\":1}", "\u{7F}",
            "\u{FFFD}", "\u{10FFFF}",
        ]
        switch Int.random(in: 0..<4, using: &self) {
        case 0: return hostile.randomElement(using: &self) ?? ""
        case 1: return list(upTo: 6) { hostile.randomElement(using: &$0) ?? "" }.joined()
        default:
            let letters = list(upTo: 40) { Unicode.Scalar(UInt8.random(in: 32...126, using: &$0)) }
            return String(String.UnicodeScalarView(letters))
        }
    }

    mutating func real() -> Double {
        switch Int.random(in: 0..<6, using: &self) {
        case 0:
            return [0, -0.0, 1, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e21, 0.1]
                .randomElement(using: &self) ?? 0
        case 1: return [Double.infinity, -.infinity].randomElement(using: &self) ?? 0
        case 2: return Double(Int.random(in: -1000...1000, using: &self))
        default: return Double.random(in: -1e6...1e6, using: &self)
        }
    }

    mutating func json(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
        case 3: return .number(Double.random(in: -1e3...1e3, using: &self))
        case 4: return .string(text())
        case 5: return .array(list(upTo: 4) { $0.json(depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &self) { object[text()] = json(depth: depth + 1) }
            return .object(object)
        }
    }

    mutating func answer() -> Answer {
        var answer = Answer(latencyMilliseconds: maybe { $0.real() })
        answer.text = maybe { $0.text() }
        answer.intent = maybe { $0.text() }
        answer.confidence = maybe { $0.real() }
        answer.score = maybe { $0.real() }
        answer.scoreLabel = maybe { $0.text() }
        answer.documents = maybe {
            $0.list(upTo: 5) {
                RetrievedDocument(
                    id: $0.text(), score: $0.maybe { $0.real() }, text: $0.maybe { $0.text() },
                    source: $0.maybe { $0.text() }, page: $0.maybe { Int.random(in: -5...500, using: &$0) })
            }
        }
        answer.guardrail = maybe {
            GuardrailDecision(
                outcome: Bool.random(using: &$0) ? .allow : .block, reason: $0.maybe { $0.text() })
        }
        answer.usage = maybe {
            Usage(
                inputTokens: $0.maybe { Int.random(in: 0...9999, using: &$0) },
                cachedInputTokens: $0.maybe { Int.random(in: 0...9999, using: &$0) },
                outputTokens: $0.maybe { Int.random(in: 0...Int.max, using: &$0) },
                cost: $0.maybe { $0.real() })
        }
        answer.stages = maybe { $0.list(upTo: 4) { StageTiming(name: $0.text(), milliseconds: $0.real()) } }
        answer.tools = maybe { $0.list(upTo: 3) { ToolCall(name: $0.text(), arguments: $0.json()) } }
        answer.versions = maybe { $0.list(upTo: 3) { Answer.Version(name: $0.text(), value: $0.text()) } }
        answer.session = maybe { $0.text() }
        answer.values = list(upTo: 3) { Answer.NamedValue(name: $0.text(), value: $0.real()) }
        answer.body = maybe { $0.json() }
        answer.bodyProblem = maybe { $0.text() }
        answer.problems = list(upTo: 2) {
            Answer.PartProblem(
                part: $0.text(), kind: Bool.random(using: &$0) ? .absent : .unreadable, detail: $0.text())
        }
        answer.status = maybe { Int.random(in: 100...599, using: &$0) }
        answer.timeToFirstTokenMilliseconds = maybe { $0.real() }
        return answer
    }

    mutating func observation() -> Observation {
        let failure = Failure(
            cause: Failure.Cause.allCases.randomElement(using: &self) ?? .timeout, detail: text(),
            status: maybe { Int.random(in: 100...599, using: &$0) })
        return Observation(
            example: text(), arm: Bool.random(using: &self) ? .baseline : .candidate,
            repetition: Int.random(in: 0...9, using: &self),
            outcome: Int.random(in: 0..<4, using: &self) == 0 ? .failed(failure) : .answered(answer()),
            earlierTurns: list(upTo: 2) { $0.answer() }, attempts: Int.random(in: 0...4, using: &self),
            throttled: Int.random(in: 0...2, using: &self), fromCache: Bool.random(using: &self))
    }
}
