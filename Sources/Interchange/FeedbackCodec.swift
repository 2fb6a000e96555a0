import Domain
import Notation

/// Feedback as a line of JSON as it is kept, and back.
///
/// `{"v":1,"feedback":"REQUEST","received_us":…,"thumb":"up","escalated":…,"resolved":…,"overridden":…,
/// "fields":{…}}`; what was not said is absent.
public enum FeedbackCodec {
    /// Whether a JSON value has the shape of feedback, and is not some other row.
    public static func isFeedback(_ value: JSONValue) -> Bool {
        value["feedback"]?.stringValue != nil && value["received_us"]?.intValue != nil
    }

    public static func encode(_ feedback: Feedback) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        write(feedback, to: &writer)
        writer.endLine()
        return writer.bytes
    }

    static func write(_ feedback: Feedback, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1)
        writer.member("feedback", feedback.request)
        writer.member("received_us", feedback.received)
        if let thumb = feedback.thumb { writer.member("thumb", thumb.rawValue) }
        if let flag = feedback.isEscalated { writer.member("escalated", flag) }
        if let flag = feedback.isResolved { writer.member("resolved", flag) }
        if let flag = feedback.isOverridden { writer.member("overridden", flag) }
        if !feedback.fields.isEmpty { writer.member("fields", .object(feedback.fields)) }
        writer.endObject()
    }

    public static func decode(_ value: JSONValue) throws(ExchangeCodec.Problem) -> Feedback {
        guard let request = value["feedback"]?.stringValue, let received = value["received_us"]?.intValue
        else {
            throw ExchangeCodec.Problem(
                description: "the row is no feedback: it has no 'feedback' and 'received_us'")
        }
        if let version = value["v"]?.intValue, version > 1 {
            throw ExchangeCodec.Problem(
                description: "the feedback has version \(version), written by a newer sluice")
        }
        var thumb: Feedback.Thumb?
        if let word = value["thumb"]?.stringValue {
            thumb = Feedback.Thumb(rawValue: word)
            if thumb == nil {
                throw ExchangeCodec.Problem(description: "the feedback's 'thumb' is neither up nor down")
            }
        }
        return Feedback(
            request: request, received: received, thumb: thumb, isEscalated: value["escalated"]?.boolValue,
            isResolved: value["resolved"]?.boolValue, isOverridden: value["overridden"]?.boolValue,
            fields: value["fields"]?.objectValue ?? JSONObject())
    }
}
