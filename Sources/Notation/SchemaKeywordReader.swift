/// Reads the keywords of one schema object, checks their values and links the subschemas they hold.
struct SchemaKeywordReader {
    let object: JSONObject
    let place: SchemaPlace
    let dialect: SchemaDialect

    private var isDraft7: Bool { dialect.draft == .draft7 }

    func read(with compiler: inout SchemaCompiler) -> [SchemaKeyword] {
        // In draft 7 nothing beside `$ref` counts.
        if isDraft7, let reference = object["$ref"] {
            for name in object.keys where !["$ref", "definitions", "$schema", "$id"].contains(name) {
                refuse(
                    name, "stands beside '$ref', where draft 7 ignores it; put both into 'allOf'", &compiler)
            }
            return [self.reference(reference, keyword: "$ref", &compiler)].compactMap { $0 }
        }
        var keywords: [SchemaKeyword] = []
        var active: Set<String> = []
        for member in object.members {
            switch dialect.status(of: member.key) {
            case .active: active.insert(member.key)
            case .inactive:
                refuse(member.key, "is of a vocabulary that the meta-schema leaves out", &compiler)
            case .otherDraft where Self.isShared(member.key): break
            case .otherDraft:
                refuse(
                    member.key, "is no keyword of \(dialect.draft.rawValue), which this schema is of",
                    &compiler)
            case .unknown: refuse(member.key, "is no keyword", &compiler)
            }
        }
        for member in object.members where active.contains(member.key) {
            if let keyword = keyword(member.key, member.value, active, &compiler) { keywords.append(keyword) }
        }
        if let properties = properties(active, &compiler) { keywords.append(properties) }
        if let items = items(active, &compiler) { keywords.append(items) }
        if let condition = condition(active, &compiler) { keywords.append(condition) }
        return keywords
    }

    /// Refuses a keyword that checks nothing, or says so where it is likely to have been meant to.
    private func refuse(_ keyword: String, _ why: String, _ compiler: inout SchemaCompiler) {
        guard !keyword.hasPrefix("x-"), !SchemaDialect.documentation.contains(keyword) else { return }
        if compiler.options.unknownKeywords == .refuse {
            compiler.registry.report("'\(keyword)' \(why)", at: place)
        } else if dialect.status(of: keyword) != .unknown {
            compiler.hint("'\(keyword)' \(why)", at: place)
        } else if let near = dialect.keyword(near: keyword) {
            compiler.hint("'\(keyword)' \(why); is '\(near)' meant?", at: place)
        }
    }

    /// Words of one draft that schemas of the other hold for good reasons.
    private static func isShared(_ keyword: String) -> Bool { ["$defs", "definitions"].contains(keyword) }

    private func problem(_ keyword: String, _ message: String, _ compiler: inout SchemaCompiler) {
        compiler.registry.report(message, at: place, keyword: keyword)
    }

    private func child(_ tokens: [String], _ compiler: inout SchemaCompiler) -> Int {
        compiler.node(at: place.appending(tokens))
    }

    private func keyword(
        _ name: String, _ value: JSONValue, _ active: Set<String>, _ compiler: inout SchemaCompiler
    ) -> SchemaKeyword? {
        if let length = SchemaKeyword.Length(rawValue: name) {
            return count(value, name, &compiler).map { .length($0, kind: length) }
        }
        if let bound = SchemaKeyword.Bound(rawValue: name) {
            guard value.doubleValue != nil else {
                problem(name, "must be a number", &compiler)
                return nil
            }
            return .bound(value, kind: bound)
        }
        switch name {
        case "$ref", "$dynamicRef": return reference(value, keyword: name, &compiler)
        case "type": return type(value, &compiler)
        case "const": return .enumeration([value], name: name)
        case "enum":
            guard case .array(let values) = value else {
                problem(name, "must be a list", &compiler)
                return nil
            }
            return .enumeration(values, name: name)
        case "multipleOf":
            guard let divisor = value.doubleValue, divisor > 0 else {
                problem(name, "must be a number above 0", &compiler)
                return nil
            }
            return .multipleOf(value)
        case "pattern":
            guard let source = value.stringValue else {
                problem(name, "must be a pattern", &compiler)
                return nil
            }
            return pattern(source, name, [name], &compiler).map { .pattern($0, source: source) }
        case "format": return format(value, &compiler)
        case "uniqueItems":
            guard let flag = value.boolValue else {
                problem(name, "must be true or false", &compiler)
                return nil
            }
            return flag ? .uniqueItems : nil
        case "required": return names(value, name, [name], &compiler).map { .required($0) }
        case "dependentRequired":
            var entries: [(key: String, names: [String])] = []
            for member in map(value, name, &compiler) {
                guard let names = names(member.value, name, [name, member.key], &compiler) else { continue }
                entries.append((member.key, names))
            }
            return .dependencies(required: entries, schemas: [])
        case "dependentSchemas":
            let entries = map(value, name, &compiler).map {
                (key: $0.key, schema: child([name, $0.key], &compiler))
            }
            return .dependencies(required: [], schemas: entries)
        case "dependencies": return dependencies(value, &compiler)
        case "allOf": return list(value, name, &compiler).map { .allOf($0) }
        case "anyOf": return list(value, name, &compiler).map { .anyOf($0) }
        case "oneOf": return list(value, name, &compiler).map { .oneOf($0) }
        case "not": return .not(child([name], &compiler))
        case "propertyNames": return .propertyNames(child([name], &compiler))
        case "contains":
            var (least, most): (Int, Int?) = (1, nil)
            if active.contains("minContains"), let value = object["minContains"] {
                least = count(value, "minContains", &compiler) ?? 1
            }
            if active.contains("maxContains"), let value = object["maxContains"] {
                most = count(value, "maxContains", &compiler)
            }
            return .contains(child([name], &compiler), least: least, most: most)
        case "unevaluatedItems": return .unevaluatedItems(child([name], &compiler))
        case "unevaluatedProperties": return .unevaluatedProperties(child([name], &compiler))
        default: return nil
        }
    }

    private func reference(
        _ value: JSONValue, keyword: String, _ compiler: inout SchemaCompiler
    ) -> SchemaKeyword? {
        guard let text = value.stringValue else {
            problem(keyword, "must be a URI", &compiler)
            return nil
        }
        guard let target = compiler.registry.resolve(text, from: place, keyword: keyword) else { return nil }
        let node = compiler.node(at: target.place)
        return keyword == "$ref" ? .reference(node) : .dynamicReference(initial: node, anchor: target.dynamic)
    }

    private func type(_ value: JSONValue, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        var names: [String] = []
        for element in value.arrayValue ?? [value] {
            guard let name = element.stringValue, SchemaTypes.all.contains(name) else {
                problem("type", "must be of \(SchemaTypes.all.joined(separator: ", "))", &compiler)
                return nil
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            problem("type", "names no type", &compiler)
            return nil
        }
        return .type(SchemaTypes(names: names))
    }

    private func format(_ value: JSONValue, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        guard let name = value.stringValue else {
            problem("format", "must be a name", &compiler)
            return nil
        }
        guard compiler.options.assertsFormat || dialect.assertsFormat else { return nil }
        guard let format = SchemaFormat(name: name, patterns: compiler.patterns) else {
            let words = "the format '\(name)' is not known, so that it holds nothing"
            // The vocabulary promises that all are held to (2020-12 Validation, section 7.2.2).
            if dialect.assertsFormat || compiler.options.unknownKeywords == .refuse {
                problem("format", words, &compiler)
            } else {
                compiler.hint(words, at: place, keyword: "format")
            }
            return nil
        }
        return .format(format)
    }

    private func count(_ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler) -> Int? {
        if let number = value.doubleValue, number >= 0, number == number.rounded() {
            return value.intValue ?? Int.max
        }
        problem(keyword, "must be a whole number of at least 0", &compiler)
        return nil
    }

    private func names(
        _ value: JSONValue, _ keyword: String, _ tokens: [String], _ compiler: inout SchemaCompiler
    ) -> [String]? {
        let names = value.arrayValue.map { $0.map(\.stringValue) }
        guard let names, !names.contains(where: { $0 == nil }) else {
            compiler.registry.report("must be a list of names", at: place.appending(tokens))
            return nil
        }
        return names.compactMap { $0 }
    }

    private func map(
        _ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler
    ) -> [JSONObject.Member] {
        if let object = value.objectValue { return object.members }
        problem(keyword, "must be an object", &compiler)
        return []
    }

    private func list(_ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler) -> [Int]? {
        guard let elements = value.arrayValue, !elements.isEmpty else {
            problem(keyword, "must be a list of at least one schema", &compiler)
            return nil
        }
        return elements.indices.map { child([keyword, String($0)], &compiler) }
    }

    private func pattern(
        _ source: String, _ keyword: String, _ tokens: [String], _ compiler: inout SchemaCompiler
    ) -> JSONSchema.Pattern? {
        do {
            return try compiler.patterns(source)
        } catch {
            compiler.registry.report("the pattern cannot be used: \(error)", at: place.appending(tokens))
            return nil
        }
    }

    private func dependencies(_ value: JSONValue, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        var required: [(key: String, names: [String])] = []
        var schemas: [(key: String, schema: Int)] = []
        for member in map(value, "dependencies", &compiler) {
            if case .array = member.value {
                let tokens = ["dependencies", member.key]
                guard let names = names(member.value, "dependencies", tokens, &compiler) else { continue }
                required.append((member.key, names))
            } else {
                schemas.append((member.key, child(["dependencies", member.key], &compiler)))
            }
        }
        return .dependencies(required: required, schemas: schemas)
    }

    private func properties(_ active: Set<String>, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        var properties = SchemaKeyword.Properties()
        var any = false
        if active.contains("properties"), let value = object["properties"] {
            any = true
            for member in map(value, "properties", &compiler) {
                properties.named[ByteKey(member.key)] = child(["properties", member.key], &compiler)
            }
        }
        if active.contains("patternProperties"), let value = object["patternProperties"] {
            any = true
            for member in map(value, "patternProperties", &compiler) {
                let tokens = ["patternProperties", member.key]
                guard let pattern = pattern(member.key, "patternProperties", tokens, &compiler) else {
                    continue
                }
                properties.patterns.append((pattern, child(tokens, &compiler)))
            }
        }
        if active.contains("additionalProperties"), object["additionalProperties"] != nil {
            any = true
            properties.additional = child(["additionalProperties"], &compiler)
        }
        return any ? .properties(properties) : nil
    }

    private func items(_ active: Set<String>, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        let prefixName = isDraft7 ? "items" : "prefixItems"
        let restName = isDraft7 ? "additionalItems" : "items"
        var prefix: [Int] = []
        var rest: Int?
        if isDraft7 {
            guard active.contains("items"), let items = object["items"] else { return nil }
            if case .array(let schemas) = items {
                prefix = schemas.indices.map { child(["items", String($0)], &compiler) }
                if object["additionalItems"] != nil { rest = child(["additionalItems"], &compiler) }
            } else {
                return .items(
                    prefix: [], rest: child(["items"], &compiler), prefixName: "items", restName: "items")
            }
        } else {
            if active.contains("prefixItems"), let value = object["prefixItems"] {
                prefix = list(value, "prefixItems", &compiler) ?? []
            }
            if active.contains("items"), let value = object["items"] {
                if case .array = value {
                    problem(
                        "items", "must be one schema; a list of schemas is 'prefixItems' in 2020-12",
                        &compiler)
                    return nil
                }
                rest = child(["items"], &compiler)
            }
        }
        if prefix.isEmpty && rest == nil { return nil }
        return .items(prefix: prefix, rest: rest, prefixName: prefixName, restName: restName)
    }

    private func condition(_ active: Set<String>, _ compiler: inout SchemaCompiler) -> SchemaKeyword? {
        guard active.contains("if"), object["if"] != nil else { return nil }
        let then = object["then"] != nil ? child(["then"], &compiler) : nil
        let otherwise = object["else"] != nil ? child(["else"], &compiler) : nil
        return .condition(test: child(["if"], &compiler), then: then, otherwise: otherwise)
    }
}
