/// Applies compiled schemas to one value.
struct SchemaEvaluator {
    /// Which members or elements of one value some schema has looked at, for `unevaluated…`.
    private struct Marks {
        var flags: [Bool] = []

        mutating func mark(_ index: Int, of count: Int) {
            if flags.isEmpty { flags = Array(repeating: false, count: count) }
            flags[index] = true
        }

        mutating func merge(_ other: Marks) {
            if flags.isEmpty {
                flags = other.flags
                return
            }
            for index in other.flags.indices where other.flags[index] { flags[index] = true }
        }

        func has(_ index: Int) -> Bool { !flags.isEmpty && flags[index] }
    }

    private enum Step {
        case key(String)
        case index(Int)
    }

    /// Schemas within one another; each takes about 1 KB of stack, 5 KB without optimisation.
    static let deepest = 1_000

    private let schema: JSONSchema
    private let mostSteps: Int
    private var reports: Bool
    private var violations: [JSONSchema.Violation] = []
    /// Why the answer cannot be known; it stands whatever `not` and `anyOf` make of the part it is in.
    private var undecided: JSONSchema.Violation?
    private var path: [Step] = []
    private var scope: [Int] = []
    private var depth = 0
    private var steps = 0

    init(schema: JSONSchema, reports: Bool, mostSteps: Int = 10_000_000) {
        self.schema = schema
        self.mostSteps = mostSteps
        self.reports = reports
    }

    mutating func run(_ value: JSONValue) -> [JSONSchema.Violation] {
        var marks = Marks()
        let valid = evaluate(0, value, by: "schema", marks: &marks)
        if let undecided { violations.append(undecided) }
        if !valid, violations.isEmpty { violations.append(violation(0, "schema", "is not valid")) }
        return violations
    }

    mutating func verdict(of value: JSONValue) -> JSONSchema.Verdict {
        var marks = Marks()
        let valid = evaluate(0, value, by: "schema", marks: &marks)
        if let undecided { return .undecided(undecided.description) }
        return valid ? .valid : .invalid
    }

    private func violation(_ node: Int, _ keyword: String, _ message: String) -> JSONSchema.Violation {
        let tokens = path.map { step in
            switch step {
            case .key(let key): key
            case .index(let index): String(index)
            }
        }
        return JSONSchema.Violation(
            instance: JSONPointer(tokens: tokens), keyword: keyword, schema: schema.nodes[node].location,
            message: message)
    }

    private mutating func fail(_ node: Int, _ keyword: String, _ message: @autoclosure () -> String) -> Bool {
        if reports { violations.append(violation(node, keyword, message())) }
        return false
    }

    private mutating func giveUp(_ node: Int, _ keyword: String, _ message: String) {
        if undecided == nil { undecided = violation(node, keyword, message) }
    }

    /// Whether a value is valid by a node; `keyword` is the one that led to it.
    private mutating func evaluate(
        _ node: Int, _ value: JSONValue, by keyword: String, marks: inout Marks
    )
        -> Bool
    {
        if undecided != nil { return false }
        let compiled = schema.nodes[node]
        if let boolean = compiled.boolean {
            return boolean || fail(node, keyword, "is not allowed here")
        }
        steps += 1
        depth += 1
        defer { depth -= 1 }
        if steps > mostSteps {
            giveUp(node, keyword, "takes too much work to check: over \(mostSteps) steps")
            return false
        }
        if depth > Self.deepest {
            giveUp(node, keyword, "is nested too deeply to check: over \(Self.deepest) schemas")
            return false
        }
        let entered = scope.last != compiled.resource
        if entered { scope.append(compiled.resource) }
        defer { if entered { scope.removeLast() } }
        var own = Marks()
        var valid = true
        for keyword in compiled.keywords {
            if !apply(keyword, of: node, to: value, marks: &own) {
                valid = false
                if !reports { return false }
            }
        }
        if valid, schema.tracksEvaluation { marks.merge(own) }
        return valid
    }

    /// Whether a value is valid, without saying why not.
    private mutating func test(_ node: Int, _ value: JSONValue, marks: inout Marks) -> Bool {
        let before = reports
        reports = false
        defer { reports = before }
        return evaluate(node, value, by: "", marks: &marks)
    }

    private mutating func descend(_ step: Step, to node: Int, _ value: JSONValue, by keyword: String) -> Bool
    {
        path.append(step)
        defer { path.removeLast() }
        var marks = Marks()
        return evaluate(node, value, by: keyword, marks: &marks)
    }

    private mutating func apply(
        _ keyword: SchemaKeyword, of node: Int, to value: JSONValue, marks: inout Marks
    ) -> Bool {
        switch keyword {
        case .type(let types):
            return types.admits(value)
                || fail(
                    node, "type", "is of type \(value.typeName), not \(types.names.joined(separator: " or "))"
                )
        case .enumeration(let values, let name):
            return values.contains(value)
                || fail(
                    node, name,
                    values.count == 1 ? "is not the one value allowed" : "is none of the values allowed")
        case .bound(let bound, let kind): return apply(bound, kind, of: node, to: value)
        case .multipleOf(let divisor):
            return value.doubleValue == nil || SchemaNumbers.isMultiple(value, of: divisor)
                || fail(node, "multipleOf", "is no multiple of \(divisor.text())")
        case .length(let limit, let kind): return apply(limit, kind, of: node, to: value)
        case .pattern(let pattern, let source):
            guard case .string(let text) = value else { return true }
            return search(pattern, in: text, of: node, "pattern")
                || fail(node, "pattern", "does not match the pattern '\(source)'")
        case .format(let format):
            guard case .string(let text) = value else { return true }
            return format.accepts(text) || fail(node, "format", "is no \(format.name)")
        case .uniqueItems:
            guard case .array(let elements) = value else { return true }
            return Set(elements).count == elements.count
                || fail(node, "uniqueItems", "has elements that are equal")
        case .required(let names):
            guard case .object(let object) = value else { return true }
            return requires(names, object, node, "required", because: "")
        case .dependencies(let required, let schemas):
            guard case .object(let object) = value else { return true }
            return depends(required, schemas, object, node, value, &marks)
        case .allOf(let schemas):
            var valid = true
            for schema in schemas where !evaluate(schema, value, by: "allOf", marks: &marks) {
                valid = false
                if !reports { break }
            }
            return valid
        case .anyOf(let schemas): return anyOf(schemas, node, value, &marks)
        case .oneOf(let schemas): return oneOf(schemas, node, value, &marks)
        case .not(let schema):
            var unused = Marks()
            return !test(schema, value, marks: &unused) || fail(node, "not", "is what the schema excludes")
        case .condition(let condition, let then, let otherwise):
            let branch = test(condition, value, marks: &marks) ? then : otherwise
            guard let branch else { return true }
            return evaluate(branch, value, by: branch == then ? "then" : "else", marks: &marks)
        case .reference(let target): return evaluate(target, value, by: "$ref", marks: &marks)
        case .dynamicReference(let initial, let anchor):
            return evaluate(dynamicTarget(initial, anchor), value, by: "$dynamicRef", marks: &marks)
        case .properties(let properties):
            guard case .object(let object) = value else { return true }
            return apply(properties, of: node, to: object, &marks)
        case .propertyNames(let schema):
            guard case .object(let object) = value else { return true }
            var valid = true
            for member in object.members
            where !descend(.key(member.key), to: schema, .string(member.key), by: "propertyNames") {
                valid = false
            }
            return valid
        case .items(let prefix, let rest, let prefixName, let restName):
            guard case .array(let elements) = value else { return true }
            var valid = true
            for (index, element) in elements.enumerated() {
                guard let schema = index < prefix.count ? prefix[index] : rest else { break }
                let name = index < prefix.count ? prefixName : restName
                if !descend(.index(index), to: schema, element, by: name) { valid = false }
                if self.schema.tracksEvaluation { marks.mark(index, of: elements.count) }
                if !valid && !reports { return false }
            }
            return valid
        case .contains(let schema, let least, let most):
            guard case .array(let elements) = value else { return true }
            return contains(schema, least, most, elements, node, &marks)
        case .unevaluatedItems(let schema):
            guard case .array(let elements) = value else { return true }
            var valid = true
            for (index, element) in elements.enumerated() where !marks.has(index) {
                if !descend(.index(index), to: schema, element, by: "unevaluatedItems") { valid = false }
                marks.mark(index, of: elements.count)
            }
            return valid
        case .unevaluatedProperties(let schema):
            guard case .object(let object) = value else { return true }
            var valid = true
            for (index, member) in object.members.enumerated() where !marks.has(index) {
                let name = "unevaluatedProperties"
                if !descend(.key(member.key), to: schema, member.value, by: name) { valid = false }
                marks.mark(index, of: object.count)
            }
            return valid
        }
    }

    private mutating func apply(
        _ bound: JSONValue, _ kind: SchemaKeyword.Bound, of node: Int, to value: JSONValue
    ) -> Bool {
        guard value.doubleValue != nil else { return true }
        let words: String
        switch kind {
        case .minimum:
            if !SchemaNumbers.isLess(value, bound) { return true }
            words = "is below"
        case .maximum:
            if !SchemaNumbers.isLess(bound, value) { return true }
            words = "is above"
        case .exclusiveMinimum:
            if SchemaNumbers.isLess(bound, value) { return true }
            words = "is not above"
        case .exclusiveMaximum:
            if SchemaNumbers.isLess(value, bound) { return true }
            words = "is not below"
        }
        return fail(node, kind.rawValue, "\(words) \(bound.text())")
    }

    private mutating func apply(
        _ limit: Int, _ kind: SchemaKeyword.Length, of node: Int, to value: JSONValue
    ) -> Bool {
        let (count, unit): (Int, String)
        switch (kind, value) {
        case (.minLength, .string(let text)), (.maxLength, .string(let text)):
            (count, unit) = (text.unicodeScalars.count, "characters")
        case (.minItems, .array(let elements)), (.maxItems, .array(let elements)):
            (count, unit) = (elements.count, "elements")
        case (.minProperties, .object(let object)), (.maxProperties, .object(let object)):
            (count, unit) = (object.count, "members")
        default: return true
        }
        switch kind {
        case .minLength, .minItems, .minProperties:
            return count >= limit || fail(node, kind.rawValue, "has \(count) \(unit), fewer than \(limit)")
        case .maxLength, .maxItems, .maxProperties:
            return count <= limit || fail(node, kind.rawValue, "has \(count) \(unit), more than \(limit)")
        }
    }

    private mutating func search(
        _ pattern: JSONSchema.Pattern, in text: String, of node: Int, _ keyword: String
    ) -> Bool {
        if let found = pattern(text) { return found }
        giveUp(node, keyword, "could not be checked: the search for a pattern gave up")
        return false
    }

    private mutating func requires(
        _ names: [String], _ object: JSONObject, _ node: Int, _ keyword: String, because: String
    ) -> Bool {
        var valid = true
        for name in names where object[name] == nil {
            valid = fail(node, keyword, "lacks the member '\(name)'\(because)")
            if !reports { break }
        }
        return valid
    }

    private mutating func depends(
        _ required: [(key: String, names: [String])], _ schemas: [(key: String, schema: Int)],
        _ object: JSONObject,
        _ node: Int, _ value: JSONValue, _ marks: inout Marks
    ) -> Bool {
        var valid = true
        for entry in required where object[entry.key] != nil {
            let because = ", which '\(entry.key)' needs"
            if !requires(entry.names, object, node, "dependentRequired", because: because) { valid = false }
        }
        for entry in schemas where object[entry.key] != nil {
            if !evaluate(entry.schema, value, by: "dependentSchemas", marks: &marks) { valid = false }
        }
        return valid
    }

    private mutating func anyOf(
        _ schemas: [Int], _ node: Int, _ value: JSONValue, _ marks: inout Marks
    )
        -> Bool
    {
        var matched = false
        for schema in schemas where test(schema, value, marks: &marks) {
            matched = true
            if !self.schema.tracksEvaluation { break }
        }
        return matched || fail(node, "anyOf", "matches none of the \(schemas.count) schemas allowed")
    }

    private mutating func oneOf(
        _ schemas: [Int], _ node: Int, _ value: JSONValue, _ marks: inout Marks
    )
        -> Bool
    {
        var matched: [Int] = []
        for (index, schema) in schemas.enumerated() where test(schema, value, marks: &marks) {
            matched.append(index)
        }
        if matched.count == 1 { return true }
        if matched.isEmpty {
            return fail(node, "oneOf", "matches none of the \(schemas.count) schemas, one is due")
        }
        let list = matched.map(String.init).joined(separator: ", ")
        return fail(node, "oneOf", "matches \(matched.count) schemas (\(list)), exactly one is due")
    }

    private func dynamicTarget(_ initial: Int, _ anchor: String?) -> Int {
        guard let anchor else { return initial }
        for resource in scope {
            if let target = schema.dynamicAnchors[resource][anchor] { return target }
        }
        return initial
    }

    private mutating func apply(
        _ properties: SchemaKeyword.Properties, of node: Int, to object: JSONObject, _ marks: inout Marks
    ) -> Bool {
        var valid = true
        for (index, member) in object.members.enumerated() {
            var known = false
            if let schema = properties.named[ByteKey(member.key)] {
                known = true
                if !descend(.key(member.key), to: schema, member.value, by: "properties") { valid = false }
            }
            for (pattern, schema) in properties.patterns
            where search(pattern, in: member.key, of: node, "patternProperties") {
                known = true
                if !descend(.key(member.key), to: schema, member.value, by: "patternProperties") {
                    valid = false
                }
            }
            if !known, let schema = properties.additional {
                known = true
                if !descend(.key(member.key), to: schema, member.value, by: "additionalProperties") {
                    valid = false
                }
            }
            if known, self.schema.tracksEvaluation { marks.mark(index, of: object.count) }
            if !valid && !reports { return false }
        }
        return valid
    }

    private mutating func contains(
        _ schema: Int, _ least: Int, _ most: Int?, _ elements: [JSONValue], _ node: Int, _ marks: inout Marks
    ) -> Bool {
        var found = 0
        for (index, element) in elements.enumerated() {
            path.append(.index(index))
            var unused = Marks()
            let matched = test(schema, element, marks: &unused)
            path.removeLast()
            guard matched else { continue }
            found += 1
            if self.schema.tracksEvaluation { marks.mark(index, of: elements.count) }
        }
        if found < least {
            return fail(
                node, least == 1 ? "contains" : "minContains",
                "has \(found) elements of \(least) that must match")
        }
        if let most, found > most {
            return fail(node, "maxContains", "has \(found) elements that match, more than \(most)")
        }
        return true
    }
}
