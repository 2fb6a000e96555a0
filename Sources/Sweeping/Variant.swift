import Domain
import Notation

/// One variant of the app: what is laid over it.
public struct Variant: Sendable, Hashable {
    public let name: String
    /// None: the app as the policy has it.
    public let settings: [SweepPolicy.Setting]

    public init(name: String, settings: [SweepPolicy.Setting]) {
        self.name = name
        self.settings = settings
    }

    /// The value of a parameter; nil where the variant leaves it as it is.
    public func value(of parameter: String) -> JSONValue? {
        settings.last { $0.parameter == parameter }?.value
    }

    /// A value as reports show it: texts as they are.
    public static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text() }

    /// The settings, whatever their order.
    var sorted: [SweepPolicy.Setting] {
        settings.sorted { $0.parameter.utf8.lexicographicallyPrecedes($1.parameter.utf8) }
    }
}
