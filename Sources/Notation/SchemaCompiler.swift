/// Turns schemas into nodes, each once, from a list of work: neither nesting nor references recurse.
struct SchemaCompiler {
    var registry: SchemaRegistry
    let options: JSONSchema.Options
    let patterns: JSONSchema.PatternCompiler
    private(set) var hints: [JSONSchemaError.Problem] = []
    private var nodes: [SchemaNode] = []
    private var nodeOfPlace: [SchemaPlace: Int] = [:]
    private var places: [SchemaPlace] = []

    init(
        resources: [String: JSONValue], options: JSONSchema.Options,
        patterns: @escaping JSONSchema.PatternCompiler
    ) {
        registry = SchemaRegistry(external: resources)
        self.options = options
        self.patterns = patterns
    }

    mutating func compile(_ schema: JSONValue, baseURI: String) throws(JSONSchemaError) -> JSONSchema {
        guard registry.add(schema, uri: URIReference(baseURI).withoutFragment) != nil else {
            throw JSONSchemaError(problems: registry.problems)
        }
        _ = node(at: SchemaPlace(document: 0, pointer: .root))
        var done = 0
        var anchoredResources = 0
        var dynamicAnchors: [[String: Int]] = []
        repeat {
            while done < places.count {
                compile(done)
                done += 1
            }
            // Any dynamic anchor may be the target of a dynamic reference.
            while anchoredResources < registry.resources.count {
                var anchors: [String: Int] = [:]
                for (name, place) in registry.resources[anchoredResources].dynamicAnchors {
                    anchors[name.text] = node(at: place)
                }
                dynamicAnchors.append(anchors)
                anchoredResources += 1
            }
        } while done < places.count
        refuseEndlessReferences()
        guard registry.problems.isEmpty else { throw JSONSchemaError(problems: registry.problems) }
        return JSONSchema(
            nodes: nodes, dynamicAnchors: dynamicAnchors,
            tracksEvaluation: nodes.contains { $0.keywords.contains(where: \.isUnevaluated) },
            hints: hints)
    }

    mutating func hint(_ message: String, at place: SchemaPlace, keyword: String? = nil) {
        let whole = keyword.map { place.appending([$0]) } ?? place
        hints.append(.init(place: registry.location(of: whole), message: message))
    }

    mutating func node(at place: SchemaPlace) -> Int {
        if let known = nodeOfPlace[place] { return known }
        let resource = registry.resource(of: place)
        let index = nodes.count
        nodes.append(SchemaNode(location: registry.location(of: place), resource: resource))
        places.append(place)
        nodeOfPlace[place] = index
        return index
    }

    private mutating func compile(_ index: Int) {
        let place = places[index]
        switch registry.value(at: place) {
        case .bool(let flag): nodes[index].boolean = flag
        case .object(let object):
            let dialect = registry.resources[nodes[index].resource].dialect
            var keywords = SchemaKeywordReader(object: object, place: place, dialect: dialect)
                .read(with: &self)
            let late = keywords.filter(\.isUnevaluated)
            keywords.removeAll(where: \.isUnevaluated)
            nodes[index].keywords = keywords + late
        default: registry.report("a schema must be an object, true or false", at: place)
        }
    }

    /// A schema that applies itself to the same value again would never end.
    private mutating func refuseEndlessReferences() {
        enum Colour { case white, grey, black }
        var colours = Array(repeating: Colour.white, count: nodes.count)
        for start in nodes.indices where colours[start] == .white {
            var path: [(node: Int, rest: [Int])] = [(start, edges(of: start))]
            colours[start] = .grey
            while let node = path.last?.node {
                guard let next = path[path.count - 1].rest.popLast() else {
                    colours[node] = .black
                    path.removeLast()
                    continue
                }
                switch colours[next] {
                case .black: continue
                case .grey: registry.report("the schema refers to itself without end", at: places[next])
                case .white:
                    colours[next] = .grey
                    path.append((next, edges(of: next)))
                }
            }
        }
    }

    private func edges(of node: Int) -> [Int] { nodes[node].keywords.flatMap(\.inPlace) }
}
