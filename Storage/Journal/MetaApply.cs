using W0rktree.Storage.Meta;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Journal;

/// <summary>Applies one metadata record, the same at commit and at recovery.</summary>
internal static class MetaApply
{
    public static MetaTables Apply(MetaTables tables, ReflogView reflog, RecordType type, byte[] payload)
    {
        if (type == RecordType.Reflog)
        {
            reflog.Add(ReflogCodec.TryDecode(payload) ?? throw new InvalidDataException("A reflog entry of the journal is damaged."), payload);
            return tables;
        }

        if (!JournalRecords.TryDecodeKey(payload, out var key, out var value))
        {
            throw new InvalidDataException("A metadata record of the journal is damaged.");
        }

        return type == RecordType.Put ? tables.With(key, value.ToArray()) : tables.Without(key);
    }
}
