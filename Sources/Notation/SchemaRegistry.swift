/// A subschema's place: a document and a way into it.
struct SchemaPlace: Hashable, Sendable {
    let document: Int
    let pointer: JSONPointer

    func appending(_ tokens: [String]) -> SchemaPlace {
        SchemaPlace(document: document, pointer: JSONPointer(tokens: pointer.tokens + tokens))
    }
}

/// Knows every schema resource: what it is called, which anchors it has, and which subschema belongs to it.
struct SchemaRegistry {
    struct Resource {
        let uri: String
        let place: SchemaPlace
        let dialect: SchemaDialect
        var anchors: [ByteKey: SchemaPlace] = [:]
        var dynamicAnchors: [ByteKey: SchemaPlace] = [:]
    }

    private let external: [String: JSONValue]
    private(set) var documents: [JSONValue] = []
    private(set) var resources: [Resource] = []
    private var resourceOfURI: [String: Int] = [:]
    private var resourceOfPlace: [SchemaPlace: Int] = [:]
    private(set) var problems: [JSONSchemaError.Problem] = []

    init(external: [String: JSONValue]) {
        var normal: [String: JSONValue] = [:]
        for (uri, schema) in external { normal[URIReference(uri).withoutFragment] = schema }
        self.external = normal
    }

    mutating func report(_ message: String, at place: SchemaPlace, keyword: String? = nil) {
        let whole = keyword.map { place.appending([$0]) } ?? place
        let problem = JSONSchemaError.Problem(place: location(of: whole), message: message)
        if !problems.contains(problem) { problems.append(problem) }
    }

    func value(at place: SchemaPlace) -> JSONValue? { place.pointer.value(in: documents[place.document]) }

    /// URI and JSON Pointer, seen from the document's own root.
    func location(of place: SchemaPlace) -> String {
        let root = resources.last { $0.place.document == place.document && $0.place.pointer.tokens.isEmpty }
        return (root?.uri ?? "") + "#" + place.pointer.description
    }

    /// Takes a document in and gives its root resource; nil where its dialect is not known.
    mutating func add(_ document: JSONValue, uri: String) -> Int? {
        documents.append(document)
        let place = SchemaPlace(document: documents.count - 1, pointer: .root)
        var dialect = SchemaDialect.draft202012
        if let schema = document["$schema"] {
            guard let found = self.dialect(of: schema, at: place) else { return nil }
            dialect = found
        } else if documents.count > 1, let first = resources.first {
            // A referenced schema that does not say is of the draft of the one that refers to it.
            dialect = first.dialect
        }
        let index = resources.count
        resources.append(Resource(uri: uri, place: place, dialect: dialect))
        resourceOfURI[uri] = index
        scan(from: place, resource: index)
        return resourceOfPlace[place] ?? index
    }

    private mutating func dialect(of schema: JSONValue, at place: SchemaPlace) -> SchemaDialect? {
        guard let uri = schema.stringValue else {
            report("must be a URI", at: place, keyword: "$schema")
            return nil
        }
        if let standard = SchemaDialect.standard(uri) { return standard }
        let name = URIReference(uri).withoutFragment
        guard let meta = external[name] ?? MetaSchemas.named(name) else {
            report(
                "the meta-schema '\(uri)' is not known; 2020-12, draft 7 and given resources are",
                at: place, keyword: "$schema")
            return nil
        }
        guard let listed = meta["$vocabulary"]?.objectValue else {
            // A meta-schema that names no vocabularies extends the draft it is written in.
            if let base = meta["$schema"]?.stringValue, let standard = SchemaDialect.standard(base) {
                return standard
            }
            report("the meta-schema '\(uri)' is of no draft that is known", at: place, keyword: "$schema")
            return nil
        }
        var vocabularies: Set<SchemaDialect.Vocabulary> = [.core]
        for member in listed.members {
            let prefix = SchemaDialect.vocabularyPrefix
            let name = member.key.hasPrefix(prefix) ? String(member.key.dropFirst(prefix.count)) : ""
            if let known = SchemaDialect.Vocabulary(rawValue: name) {
                vocabularies.insert(known)
            } else if member.value.boolValue != false {
                report("the vocabulary '\(member.key)' is not known", at: place, keyword: "$schema")
                return nil
            }
        }
        return SchemaDialect(draft: .draft202012, vocabularies: vocabularies)
    }

    /// Finds all resources and anchors from a place down, through keywords that hold schemas.
    private mutating func scan(from start: SchemaPlace, resource: Int) {
        guard let value = value(at: start) else { return }
        var work: [(SchemaPlace, JSONValue, Int)] = [(start, value, resource)]
        while let (place, value, outer) = work.popLast() {
            guard resourceOfPlace[place] == nil else { continue }
            var resource = outer
            if case .object(let object) = value { resource = enter(object, at: place, within: outer) }
            resourceOfPlace[place] = resource
            guard case .object(let object) = value else { continue }
            let dialect = resources[resource].dialect
            for member in object.members {
                for (tokens, child) in Self.children(of: member, dialect: dialect) {
                    work.append((place.appending([member.key] + tokens), child, resource))
                }
            }
        }
    }

    /// The subschemas that a keyword holds, with the way to them from the keyword.
    static func children(
        of member: JSONObject.Member, dialect: SchemaDialect
    ) -> [(tokens: [String], value: JSONValue)] {
        func elements() -> [(tokens: [String], value: JSONValue)] {
            (member.value.arrayValue ?? []).enumerated().map { ([String($0.offset)], $0.element) }
        }
        switch dialect.shape(of: member.key) {
        case .none: return []
        case .schema: return [([], member.value)]
        case .list: return elements()
        case .schemaOrList:
            if case .array = member.value { return elements() }
            return [([], member.value)]
        case .map, .mapOfSchemasOrNames:
            return (member.value.objectValue?.members ?? []).map { ([$0.key], $0.value) }
        }
    }

    /// Records what the schema calls itself; gives the resource it belongs to.
    private mutating func enter(_ object: JSONObject, at place: SchemaPlace, within outer: Int) -> Int {
        var resource = outer
        let draft = resources[outer].dialect.draft
        // In draft 7 nothing beside `$ref` counts, not even `$id`.
        let ignoresSiblings = draft == .draft7 && object["$ref"] != nil
        if let id = object["$id"], !ignoresSiblings {
            if let text = id.stringValue {
                resource = enter(id: text, object, at: place, within: outer)
            } else {
                report("must be a URI", at: place, keyword: "$id")
            }
        }
        guard resources[resource].dialect.draft == .draft202012 else { return resource }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let value = object[keyword] else { continue }
            guard let name = value.stringValue, Self.isAnchorName(name) else {
                report(
                    "must be a name: a letter or '_', then letters, digits, '-', '_' and '.'",
                    at: place, keyword: keyword)
                continue
            }
            addAnchor(name, of: resource, at: place, keyword: keyword)
        }
        return resource
    }

    /// Core, section 8.2.2.
    private static func isAnchorName(_ name: String) -> Bool {
        for (index, byte) in name.utf8.enumerated() {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x5F: break
            case 0x30...0x39, 0x2D, 0x2E: if index == 0 { return false }
            default: return false
            }
        }
        return !name.isEmpty
    }

    private mutating func enter(
        id: String, _ object: JSONObject, at place: SchemaPlace, within outer: Int
    ) -> Int {
        let reference = URIReference(id)
        let draft = resources[outer].dialect.draft
        if let fragment = reference.fragment, !fragment.isEmpty {
            guard draft == .draft7 else {
                report("must not have a fragment; use '$anchor'", at: place, keyword: "$id")
                return outer
            }
            if id.hasPrefix("#") {
                addAnchor(fragment, of: outer, at: place, keyword: "$id")
                return outer
            }
        }
        let uri = reference.resolved(against: URIReference(resources[outer].uri)).withoutFragment
        var dialect = resources[outer].dialect
        if !place.pointer.tokens.isEmpty, let schema = object["$schema"] {
            dialect = self.dialect(of: schema, at: place) ?? dialect
        }
        if let existing = resourceOfURI[uri], resources[existing].place != place {
            report("the URI '\(uri)' already names another schema", at: place, keyword: "$id")
            return outer
        }
        let index = resources.count
        resources.append(Resource(uri: uri, place: place, dialect: dialect))
        resourceOfURI[uri] = index
        if let fragment = reference.fragment, !fragment.isEmpty {
            addAnchor(fragment, of: index, at: place, keyword: "$id")
        }
        return index
    }

    private mutating func addAnchor(_ name: String, of resource: Int, at place: SchemaPlace, keyword: String)
    {
        let key = ByteKey(name)
        if let other = resources[resource].anchors[key], other != place {
            report(
                "the anchor '\(name)' is already set at \(location(of: other))", at: place, keyword: keyword)
            return
        }
        resources[resource].anchors[key] = place
        if keyword == "$dynamicAnchor" { resources[resource].dynamicAnchors[key] = place }
    }

    /// The resource that a subschema belongs to; scans what no keyword led to before.
    mutating func resource(of place: SchemaPlace) -> Int {
        if let known = resourceOfPlace[place] { return known }
        var tokens = place.pointer.tokens
        while !tokens.isEmpty {
            tokens.removeLast()
            let outer = SchemaPlace(document: place.document, pointer: JSONPointer(tokens: tokens))
            guard let resource = resourceOfPlace[outer] else { continue }
            scan(from: place, resource: resource)
            return resourceOfPlace[place] ?? resource
        }
        return resources.firstIndex { $0.place.document == place.document } ?? 0
    }

    /// Where a reference leads; nil, with the reason recorded, where it leads nowhere. `dynamic` is the name
    /// of the dynamic anchor that it leads to.
    mutating func resolve(
        _ reference: String, from place: SchemaPlace, keyword: String
    ) -> (place: SchemaPlace, dynamic: String?)? {
        let base = URIReference(resources[resource(of: place)].uri)
        let target = URIReference(reference).resolved(against: base)
        guard let index = find(target.withoutFragment) else {
            if !problems.contains(where: { $0.message.contains("'\(target.withoutFragment)'") }) {
                report(
                    "there is no schema '\(target.withoutFragment)'; give it as a resource, none is fetched",
                    at: place, keyword: keyword)
            }
            return nil
        }
        guard let fragment = URIReference.decoded(target.fragment ?? "") else {
            report("the fragment of '\(reference)' is not valid", at: place, keyword: keyword)
            return nil
        }
        let root = resources[index].place
        if fragment.isEmpty { return (root, nil) }
        guard fragment.hasPrefix("/") else {
            guard let anchor = resources[index].anchors[ByteKey(fragment)] else {
                report("there is no anchor '\(fragment)' in the schema it names", at: place, keyword: keyword)
                return nil
            }
            let dynamic = resources[index].dynamicAnchors[ByteKey(fragment)] != nil
            return (anchor, dynamic ? fragment : nil)
        }
        do {
            let found = root.appending(try JSONPointer(fragment).tokens)
            _ = try found.pointer.evaluate(in: documents[found.document])
            return (found, nil)
        } catch {
            report("'\(reference)' leads nowhere: \(error)", at: place, keyword: keyword)
            return nil
        }
    }

    private mutating func find(_ uri: String) -> Int? {
        if let known = resourceOfURI[uri] { return known }
        guard let document = external[uri] ?? MetaSchemas.named(uri) else { return nil }
        return add(document, uri: uri)
    }
}
