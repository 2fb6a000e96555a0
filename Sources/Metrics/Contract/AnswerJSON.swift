import Notation

/// An answer's text as JSON, with what is JSON by its grammar and still cannot be held told from what is none.
enum AnswerJSON {
    case value(JSONValue)
    /// JSON as far as its grammar goes, with a number or half of a surrogate pair that nothing here can hold.
    case unheld(String)
    /// JSON that is nested deeper or longer than is read.
    case beyond(String)
    case none

    init(_ text: String) {
        do throws(JSONError) {
            self = .value(try JSONValue.parse(text))
        } catch {
            switch error.reason {
            case .numberOutOfRange, .loneSurrogate:
                self = JSONGrammar.accepts(text) ? .unheld(error.cause) : .none
            case .tooDeep, .tooLarge, .outOfMemory:
                self = JSONGrammar.accepts(text) ? .beyond(error.cause) : .none
            default: self = .none
            }
        }
    }

    /// Whether it is JSON; failed where that hangs on who reads it.
    var isJSON: Measurement {
        switch self {
        case .value, .unheld: .value(1)
        case .beyond(let cause): .failed(Self.undecided(cause))
        case .none: .value(0)
        }
    }

    static func undecided(_ cause: String) -> String {
        "the answer is JSON by its grammar, and is not read: \(cause)"
    }
}
