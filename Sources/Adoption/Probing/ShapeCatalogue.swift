import Notation

/// Ways of asking that are in common use, the likeliest for an address first.
enum ShapeCatalogue {
    /// Bodies by POST that a generic app may take.
    static func bodies(_ place: WebPlace) -> [AppShape] {
        let url = place.text
        var shapes: [AppShape] = []
        for name in ["query", "question", "message", "input", "prompt", "text"] {
            shapes.append(.post(url, .object(JSONObject(name, "${input.query}"))))
        }
        shapes.append(.post(url, ["messages": FieldGuess.messages]))
        for name in ["q", "user_input", "inputs", "content", "utterance", "sentence"] {
            shapes.append(.post(url, .object(JSONObject(name, "${input.query}"))))
        }
        for name in ["question", "query", "input"] {
            shapes.append(.post(url, ["input": .object(JSONObject(name, "${input.query}"))]))
        }
        return shapes
    }

    /// Parameters by GET. A question that the address holds already gives its place to the placeholder.
    static func parameters(_ place: WebPlace) -> [AppShape] {
        if let filled = filled(place) { return [filled] }
        let join = place.query.map { $0.isEmpty ? "" : "&" } ?? "?"
        return ["q", "query", "question", "input", "text", "prompt", "message"].map { name in
            AppShape(.http(url: place.text + join + name + "=${input.query}", method: "GET", template: nil))
        }
    }

    /// The address with its question as a placeholder, where a parameter of it sounds like one.
    static func filled(_ place: WebPlace) -> AppShape? {
        guard let query = place.query else { return nil }
        var parts = query.split(separator: "&", omittingEmptySubsequences: false).map(String.init)
        let names = parts.map { $0.prefix { $0 != "=" } }
        guard let index = names.indices.first(where: { FieldGuess.queryness(String(names[$0])) > 0 }) else {
            return nil
        }
        if parts[index].contains("${") {
            return AppShape(.http(url: place.text, method: "GET", template: nil))
        }
        parts[index] = names[index] + "=${input.query}"
        let url = place.with(path: place.path).text + "?" + parts.joined(separator: "&")
        return AppShape(.http(url: url, method: "GET", template: nil))
    }

    /// Shapes that the address's end tells; empty where it tells none, or where the model that they need is not known.
    static func known(_ place: WebPlace, model: String?) -> [AppShape] {
        let path = place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path
        let url = place.text
        if path.hasSuffix("/chat/completions"), let model {
            return [AppShape(.openAI(base: url, model: model, parameters: JSONObject()))]
        }
        if path.hasSuffix("/messages") {
            return [anthropic(url, model ?? "default")]
        }
        if path.hasSuffix("/api/chat"), let model {
            return [
                .post(url, ["model": .string(model), "messages": FieldGuess.messages, "stream": false])
            ]
        }
        if path.hasSuffix("/api/generate"), let model {
            return [.post(url, ["model": .string(model), "prompt": "${input.query}", "stream": false])]
        }
        if path.hasSuffix("/completions"), let model {
            return [.post(url, ["model": .string(model), "prompt": "${input.query}", "max_tokens": 512])]
        }
        if path.hasSuffix("/responses"), let model {
            return [.post(url, ["model": .string(model), "input": "${input.query}"])]
        }
        return []
    }

    /// Whether an address ends as the APIs do that want a model's name.
    static func wantsModel(_ place: WebPlace) -> Bool {
        let path = place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path
        return ["/completions", "/messages", "/api/chat", "/api/generate", "/responses", "/v1"].contains {
            path.hasSuffix($0)
        }
    }

    private static func anthropic(_ url: String, _ model: String) -> AppShape {
        .post(
            url,
            ["model": .string(model), "max_tokens": 1024, "messages": FieldGuess.messages],
            headers: [ProbeRequest.Header(name: "anthropic-version", value: "2023-06-01")])
    }

    /// Where an API of models lists them, for an address of that API.
    static func modelList(_ place: WebPlace) -> String? {
        let path = place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path
        for end in ["/chat/completions", "/completions", "/messages", "/responses"] where path.hasSuffix(end)
        {
            return place.with(path: String(path.dropLast(end.count)) + "/models").text
        }
        if path.hasSuffix("/api/chat") || path.hasSuffix("/api/generate") {
            return place.with(
                path: String(path.dropLast(path.hasSuffix("/api/chat") ? 9 : 13)) + "/v1/models"
            ).text
        }
        if path.hasSuffix("/v1") { return place.with(path: path + "/models").text }
        return path.isEmpty ? place.with(path: "/v1/models").text : nil
    }
}

extension JSONObject {
    /// An object with one member.
    init(_ key: String, _ value: JSONValue) {
        self.init()
        self[key] = value
    }
}
