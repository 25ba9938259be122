using W0rktree.Storage.Journal;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Transactions;

/// <summary>The parts of one open store, for those that work on several of them.</summary>
internal sealed record StoreParts(
    StoreLayout Layout,
    StoreOptions Options,
    Poison Poison,
    ObjectCatalog Catalog,
    JournalWriter Journal,
    PackSet Packs,
    ObjectSource Objects,
    ReflogView Reflog,
    CheckpointStore Checkpoints);
