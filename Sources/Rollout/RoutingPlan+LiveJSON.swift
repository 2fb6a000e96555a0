import Domain
import Notation

extension RoutingPlan {
    /// What is seen, kept and told of the traffic.
    func addLive(to root: inout JSONObject) {
        if let validation { root["validation"] = .object(object(validation)) }
        if !slices.isEmpty {
            var object = JSONObject()
            for slice in slices { object[slice.name] = .string(slice.source.description) }
            root["slices"] = .object(object)
        }
        if let capture { root["capture"] = .object(object(capture)) }
        if let notify { root["notify"] = .object(object(notify)) }
        guard forwarded != ForwardedRule() else { return }
        var object = JSONObject()
        object["client"] = .string(forwarded.client.rawValue)
        object["standard"] = .bool(forwarded.standard)
        if let via = forwarded.via { object["via"] = .string(via) }
        root["forwarded"] = .object(object)
    }

    private func object(_ validation: ValidationRule) -> JSONObject {
        var object = JSONObject()
        if !validation.paths.isEmpty { object["paths"] = texts(validation.paths.map(\.description)) }
        object["json"] = .bool(validation.json)
        switch validation.schema {
        case .file(let path)?: object["schema"] = .string(path)
        case .given(let schema)?: object["schema"] = schema
        case nil: break
        }
        if !validation.required.isEmpty { object["required"] = texts(validation.required.map(\.description)) }
        object["not_empty"] = .bool(validation.filled)
        return object
    }

    private func object(_ capture: CaptureRule) -> JSONObject {
        let rules = capture.rules
        var object = JSONObject()
        object["share"] = .string(Share(hundredths: rules.share).description)
        if !rules.pathShares.isEmpty {
            var paths = JSONObject()
            for own in rules.pathShares {
                paths[own.prefix] = .string(Share(hundredths: own.share).description)
            }
            object["paths"] = .object(paths)
        }
        object["body"] = size(rules.bodyBytes)
        object["types"] = texts(rules.contentTypes)
        object["redact"] = .object(redaction(rules))
        if !rules.fields.isEmpty {
            var fields = JSONObject()
            for field in rules.fields { fields[field.name] = .string(field.pointer.description) }
            object["fields"] = .object(fields)
        }
        func late(_ name: String, _ milliseconds: Double?) {
            guard let milliseconds else { return }
            object[name] = .string(plain(milliseconds) + "ms")
        }
        late("slow", rules.slowMilliseconds)
        late("slow_first_token", rules.slowFirstTokenMilliseconds)
        if let guardrail = rules.guardrail { object["guardrail"] = .string(guardrail.description) }
        object["sync"] = span(capture.sync)
        object["spool"] = size(capture.spool)
        return object
    }

    private func redaction(_ rules: CaptureRules) -> JSONObject {
        var object = JSONObject()
        if !rules.redactedHeaders.isEmpty { object["headers"] = texts(rules.redactedHeaders) }
        if !rules.redactedParameters.isEmpty { object["parameters"] = texts(rules.redactedParameters) }
        if !rules.redactedPointers.isEmpty {
            object["pointers"] = texts(rules.redactedPointers.map(\.description))
        }
        object["kinds"] = texts(rules.redactedKinds)
        if !rules.redactedPatterns.isEmpty {
            var patterns = JSONObject()
            for pattern in rules.redactedPatterns { patterns[pattern.name] = .string(pattern.value) }
            object["patterns"] = .object(patterns)
        }
        return object
    }

    private func object(_ notify: NotifyRule) -> JSONObject {
        var object = JSONObject()
        object["url"] = .string(notify.url.template)
        if let secret = notify.secret { object["secret"] = .string(secret.template) }
        object["on"] = texts(NotifyRule.Event.allCases.filter { notify.on.contains($0) }.map(\.rawValue))
        return object
    }
}
