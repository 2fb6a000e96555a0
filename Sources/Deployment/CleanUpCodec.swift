import Domain
import Notation

/// A clean-up's requests as JSON, their placeholders unresolved: what a journal may keep.
enum CleanUpCodec {
    static func encode(_ cleanUp: CleanUpRequest) -> JSONValue {
        var object = request(cleanUp.request)
        if let find = cleanUp.find {
            var inner = request(find.request)
            var captures = JSONObject()
            for capture in find.captures { captures[capture.name] = .string(capture.written) }
            inner["capture"] = .object(captures)
            object["find"] = .object(inner)
        }
        return .object(object)
    }

    private static func request(_ request: StepRequest) -> JSONObject {
        var object = JSONObject()
        object["method"] = .string(request.method)
        object["url"] = .string(request.url.source)
        if !request.headers.isEmpty { object["headers"] = fields(request.headers) }
        switch request.body {
        case nil: break
        case .json(let value): object["json"] = value.source
        case .form(let fields): object["form"] = self.fields(fields)
        case .text(let text): object["body"] = .string(text.source)
        }
        if let seconds = request.timeoutSeconds { object["timeout"] = .number(seconds) }
        return object
    }

    private static func fields(_ fields: [StepRequest.Field]) -> JSONValue {
        .array(fields.map { [.string($0.name), .string($0.value.source)] })
    }

    /// - Throws: What in it cannot be read.
    static func decode(_ value: JSONValue) throws(JournalProblem) -> CleanUpRequest {
        var cleanUp = CleanUpRequest(request: try request(value))
        if let find = value["find"] {
            var captures: [StepCapture] = []
            for member in find["capture"]?.objectValue?.members ?? [] {
                let text = member.value.stringValue ?? ""
                do throws(StepText.Problem) { captures.append(try StepCapture(name: member.key, text)) } catch
                {
                    throw JournalProblem(error.cause)
                }
            }
            cleanUp.find = CleanUpRequest.Find(request: try request(find), captures: captures)
        }
        return cleanUp
    }

    private static func request(_ value: JSONValue) throws(JournalProblem) -> StepRequest {
        guard let method = value["method"]?.stringValue, let url = value["url"]?.stringValue else {
            throw JournalProblem("a clean-up lacks its method or address")
        }
        var request = StepRequest(method: method, url: try text(url))
        request.headers = try fields(value["headers"])
        if let json = value["json"] {
            do throws(StepText.Problem) { request.body = .json(try StepValue(json)) } catch {
                throw JournalProblem(error.cause)
            }
        } else if value["form"] != nil {
            request.body = .form(try fields(value["form"]))
        } else if let body = value["body"]?.stringValue {
            request.body = .text(try text(body))
        }
        if let seconds = value["timeout"]?.doubleValue, seconds > 0 {
            request.timeoutSeconds = min(seconds, 600)
        }
        return request
    }

    private static func fields(_ value: JSONValue?) throws(JournalProblem) -> [StepRequest.Field] {
        var fields: [StepRequest.Field] = []
        for pair in value?.arrayValue ?? [] {
            guard let name = pair[0]?.stringValue, let source = pair[1]?.stringValue else {
                throw JournalProblem("a clean-up's header or field is no pair of texts")
            }
            fields.append(.init(name: name, value: try text(source)))
        }
        return fields
    }

    private static func text(_ source: String) throws(JournalProblem) -> StepText {
        do throws(StepText.Problem) { return try StepText(source) } catch {
            throw JournalProblem(error.cause)
        }
    }
}

/// Why a journal of clean-ups cannot be read.
public struct JournalProblem: Error, Sendable, Hashable {
    public let why: String

    init(_ why: String) { self.why = why }
}
