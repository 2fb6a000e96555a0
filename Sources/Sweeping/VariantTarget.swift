import Domain
import Interchange
import Notation

/// The target of a variant: the policy's own with the variant's settings laid over it.
public enum VariantTarget {
    /// Why a variant cannot be asked.
    public struct Impossible: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter sweep: Where parameters lie.
    public static func make(
        _ variant: Variant, of target: TargetPolicy, _ sweep: SweepPolicy
    ) throws(Impossible) -> TargetPolicy {
        var made = target
        for setting in variant.settings {
            try lay(setting, sweep.place(of: setting.parameter), over: &made)
        }
        return made
    }

    private static func lay(
        _ setting: SweepPolicy.Setting, _ place: SweepPolicy.Place, over target: inout TargetPolicy
    ) throws(Impossible) {
        if case .recorded(let file) = target.kind, place != .url {
            throw Impossible(
                description:
                    "recorded answers (\(file)) are what they are: no \(setting.parameter) changes them")
        }
        switch place {
        case .body(let pointer): try body(setting, pointer, &target)
        case .header(let name):
            if case .command = target.kind {
                throw Impossible(
                    description: "a command takes no header; write 'env \(name)' for its environment")
            }
            try replaceHeader(name, setting, &target)
        case .environment(let name):
            guard case .command = target.kind else {
                throw Impossible(
                    description:
                        "\(name) is a variable of the app's environment, and an app behind an address is "
                        + "not ours to start anew; run it elsewhere and give the variant its 'url', or use a command"
                )
            }
            try replaceHeader(name, setting, &target)
        case .url: try address(setting, &target)
        case .system:
            guard case .openAI(let url, let model, let parameters, let stream, _) = target.kind else {
                throw Impossible(description: "only a chat API's target ('openai') has a system prompt")
            }
            target.kind = .openAI(
                baseURL: url, model: model, parameters: parameters, stream: stream,
                system: Secretive(try text(setting)))
        }
    }

    private static func text(_ setting: SweepPolicy.Setting) throws(Impossible) -> String {
        switch setting.value {
        case .string(let text): return text
        case .integer, .number, .bool: return setting.value.text()
        case .null, .array, .object:
            throw Impossible(
                description: "\(setting.parameter) is a text there, not a JSON \(setting.value.typeName)")
        }
    }

    private static func replaceHeader(
        _ name: String, _ setting: SweepPolicy.Setting, _ target: inout TargetPolicy
    ) throws(Impossible) {
        let value = try text(setting)
        let isName =
            !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        let isLine = value.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
        guard isName, isLine, !name.utf8.contains(UInt8(ascii: "=")) else {
            throw Impossible(description: "'\(setting.parameter)' is no header or variable of one line")
        }
        var isCaseSensitive = false
        if case .command = target.kind { isCaseSensitive = true }
        target.headers.removeAll {
            isCaseSensitive ? $0.name == name : $0.name.lowercased() == name.lowercased()
        }
        target.headers.append(TargetPolicy.Header(name: name, value: Secretive(value)))
    }

    private static func address(
        _ setting: SweepPolicy.Setting, _ target: inout TargetPolicy
    ) throws(Impossible) {
        let url = try text(setting)
        switch target.kind {
        case .http(_, let method, let template):
            target.kind = .http(url: url, method: method, template: template)
        case .openAI(_, let model, let parameters, let stream, let system):
            target.kind = .openAI(
                baseURL: url, model: model, parameters: parameters, stream: stream, system: system)
        case .command, .recorded:
            throw Impossible(description: "the policy's app has no address for another one to take its place")
        }
    }

    // MARK: The body

    private static func body(
        _ setting: SweepPolicy.Setting, _ pointer: JSONPointer, _ target: inout TargetPolicy
    ) throws(Impossible) {
        guard !pointer.tokens.isEmpty else {
            throw Impossible(description: "'\(setting.parameter)' names the whole body; name a member of it")
        }
        switch target.kind {
        case .http(let url, let method, let template):
            guard !["GET", "HEAD", "DELETE"].contains(method.uppercased()) else {
                throw Impossible(
                    description: "a \(method) request has no body to lay \(setting.parameter) over")
            }
            let base = template ?? RequestTemplate.standard
            guard passesArray(pointer, in: base) else { break }
            let whole = RequestTemplate.merged(base, .object(target.overlay))
            let changed = try set(setting.value, pointer.tokens[...], in: whole, pointer)
            target.kind = .http(url: url, method: method, template: changed)
            target.overlay = JSONObject()
            return
        case .openAI(let url, let model, let parameters, let stream, let system):
            if pointer.tokens == ["model"], let name = setting.value.stringValue {
                target.kind = .openAI(
                    baseURL: url, model: name, parameters: parameters, stream: stream, system: system)
                return
            }
            guard passesArray(pointer, in: .object(parameters)) else { break }
            let whole = RequestTemplate.merged(.object(parameters), .object(target.overlay))
            if case .object(let changed) = try set(setting.value, pointer.tokens[...], in: whole, pointer) {
                target.kind = .openAI(
                    baseURL: url, model: model, parameters: changed, stream: stream, system: system)
                target.overlay = JSONObject()
            }
            return
        case .command, .recorded: break
        }
        target.overlay = nested(setting.value, pointer.tokens[...], over: target.overlay)
    }

    /// Whether a list lies on the way: a merge patch replaces lists whole.
    private static func passesArray(_ pointer: JSONPointer, in value: JSONValue) -> Bool {
        for depth in pointer.tokens.indices.dropFirst() {
            let before = JSONPointer(tokens: Array(pointer.tokens[..<depth]))
            if case .array? = before.value(in: value) { return true }
        }
        return false
    }

    private static func nested(
        _ value: JSONValue, _ tokens: ArraySlice<String>, over object: JSONObject
    ) -> JSONObject {
        var object = object
        guard let name = tokens.first else { return object }
        if tokens.count == 1 {
            object[name] = value
        } else {
            object[name] = .object(
                nested(value, tokens.dropFirst(), over: object[name]?.objectValue ?? JSONObject()))
        }
        return object
    }

    private static func set(
        _ value: JSONValue, _ tokens: ArraySlice<String>, in whole: JSONValue, _ pointer: JSONPointer
    ) throws(Impossible) -> JSONValue {
        guard let name = tokens.first else { return value }
        switch whole {
        case .object(var object):
            object[name] = try set(
                value, tokens.dropFirst(), in: object[name] ?? .object(JSONObject()), pointer)
            return .object(object)
        case .array(var elements):
            guard let index = Int(name), elements.indices.contains(index) else {
                throw Impossible(
                    description: "\(pointer.description) leads to no element: the list has \(elements.count)")
            }
            elements[index] = try set(value, tokens.dropFirst(), in: elements[index], pointer)
            return .array(elements)
        default:
            throw Impossible(description: "\(pointer.description) leads through a \(whole.typeName)")
        }
    }
}
