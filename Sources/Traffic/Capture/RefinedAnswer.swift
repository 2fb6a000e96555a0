import Domain
import Notation

/// What was learnt of an answer on the recorder's thread: its numbers, and its body ready to be redacted.
struct RefinedAnswer {
    var timings = LiveTimings()
    var usage: Usage?
    var model: String?
    var isStream = false
    var failure: LiveFailure?
    var events: LiveEvents = []
    /// Whether it is what its plan calls valid; nil where that cannot be told.
    var isValid: Bool?
    /// Plain, up to the bound.
    var body: [UInt8] = []
    /// Whether `body` is all of it.
    var isWhole = true
    var form = Redactor.Form.notKept
    var contentType: String?
    /// Whether `body` had to be decoded: then its bytes are not those whose times are known.
    var wasDecoded = false
    /// The coding that could not be undone.
    var encoding: String?
    /// The text of a stream of no known API, which its events hold in pieces.
    var streamText: String?
    /// The body's value, where it was looked at.
    var value: JSONValue?
}
