import Notation

/// What an example's provenance can say, and under which names it is read.
///
/// `source`, `annotator`, `licence` and `date` are members of ``Provenance``; the others stand in its `other`. Where
/// the provenance is silent, a column of the row by the same name is asked: tables carry them as columns.
public enum ProvenanceMember: String, Sendable, Hashable, CaseIterable {
    /// Where the case comes from: a ticket, a corpus, a workshop.
    case source
    /// Who answers for the example today.
    case owner
    /// Who wrote the expectations.
    case annotator
    /// Who looked at them and agreed; someone else.
    case approver
    /// When the expectations were written.
    case date
    /// The version of the guideline that they were written by.
    case guideline
    /// When somebody last looked whether they still hold.
    case reviewed
    /// The model that wrote the expectations, where a model did.
    case annotatorModel = "annotator_model"
    /// Under which terms the case may be used.
    case licence

    /// Further names, in snake case.
    public var aliases: [String] {
        switch self {
        case .source: ["origin"]
        case .owner: ["owned_by"]
        case .annotator: ["annotated_by", "labelled_by", "labeled_by", "labeller", "author"]
        case .approver: ["approved_by", "reviewer", "reviewed_by"]
        case .date:
            [
                "annotation_date", "annotated_at", "annotated_on", "labelled_at", "labeled_at", "created_at",
                "created",
            ]
        case .guideline: ["guideline_version", "guidelines", "guidelines_version"]
        case .reviewed: ["reviewed_at", "reviewed_on", "review_date", "last_reviewed"]
        case .annotatorModel:
            ["labelled_by_model", "labeled_by_model", "label_model", "generated_by", "generator"]
        case .licence: ["license"]
        }
    }

    fileprivate var names: [String] { [rawValue] + aliases }
}

extension Provenance {
    /// What it says of a member; nil where it says nothing, or nothing but white space.
    public subscript(member: ProvenanceMember) -> String? {
        let own: String?
        switch member {
        case .source: own = source
        case .annotator: own = annotator
        case .licence: own = licence
        case .date: own = date
        case .owner, .approver, .guideline, .reviewed, .annotatorModel: own = nil
        }
        if let own = told(own) { return own }
        for name in member.names {
            switch other[name] {
            case .string(let text)?: if let text = told(text) { return text }
            case .integer(let number)?: return String(number)
            case .number(let number)?: return number.description
            default: continue
            }
        }
        return nil
    }
}

extension Example {
    /// What the row says of where it comes from, in its provenance or in a column of that name.
    public func provenance(_ member: ProvenanceMember) -> String? {
        if let said = provenance?[member] { return said }
        // A column `source` or `date` may be about anything; these say whose they are.
        if member == .source || member == .date || member == .licence {
            return column(member.aliases)
        }
        return column(member.names)
    }

    private func column(_ names: [String]) -> String? {
        for column in columns where names.contains(column.name) {
            if let text = told(column.value) { return text }
        }
        return nil
    }
}

private func told(_ text: String?) -> String? {
    guard let text, text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
    return text
}
