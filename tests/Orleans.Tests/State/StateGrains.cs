using Orleans.Providers;
using Orleans.Runtime;

namespace W0rktree.Orleans.Tests.State;

[GenerateSerializer]
[Alias("test.Note")]
public sealed class Note
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public List<string> Lines { get; set; } = [];
}

public interface INoteGrain : IGrainWithStringKey
{
    Task<(string? ETag, bool Exists)> InfoAsync();

    Task<string> ReadAsync();

    Task WriteAsync(string text);

    Task ChangeWithoutWritingAsync(string text);

    Task RereadAsync();

    Task ClearAsync();

    Task<string> ReadOtherAsync();

    Task WriteOtherAsync(string text);
}

public sealed class NoteGrain(
    [PersistentState("note", "store")] IPersistentState<Note> note,
    [PersistentState("other", "store")] IPersistentState<Note> other) : Grain, INoteGrain
{
    public Task<(string? ETag, bool Exists)> InfoAsync() => Task.FromResult((note.Etag, note.RecordExists));

    public Task<string> ReadAsync() => Task.FromResult(note.State.Text);

    public async Task WriteAsync(string text)
    {
        note.State.Text = text;
        await note.WriteStateAsync();
    }

    public Task ChangeWithoutWritingAsync(string text)
    {
        note.State.Text = text;
        return Task.CompletedTask;
    }

    public Task RereadAsync() => note.ReadStateAsync();

    public Task ClearAsync() => note.ClearStateAsync();

    public Task<string> ReadOtherAsync() => Task.FromResult(other.State.Text);

    public async Task WriteOtherAsync(string text)
    {
        other.State.Text = text;
        await other.WriteStateAsync();
    }
}

public interface IOldNoteGrain : IGrainWithStringKey
{
    Task<string> ReadAsync();

    Task WriteAsync(string text);
}

[StorageProvider(ProviderName = "store")]
public sealed class OldNoteGrain : Grain<Note>, IOldNoteGrain
{
    public Task<string> ReadAsync() => Task.FromResult(State.Text);

    public Task WriteAsync(string text)
    {
        State.Text = text;
        return WriteStateAsync();
    }
}

public interface IFaultyNoteGrain : IGrainWithStringKey
{
    Task<Guid> LifeAsync();

    Task WriteAsync(string fault);

    Task<bool> WriteAndSwallowAsync(string fault);
}

public sealed class FaultyNoteGrain([PersistentState("note", "faulty")] IPersistentState<Note> note) : Grain, IFaultyNoteGrain
{
    private readonly Guid _life = Guid.NewGuid();

    public Task<Guid> LifeAsync() => Task.FromResult(_life);

    public Task WriteAsync(string fault)
    {
        note.State.Text = fault;
        return note.WriteStateAsync();
    }

    public async Task<bool> WriteAndSwallowAsync(string fault)
    {
        note.State.Text = fault;
        try
        {
            await note.WriteStateAsync();
            return true;
        }
        catch (global::Orleans.Storage.InconsistentStateException)
        {
            return false;
        }
    }
}

public interface IHomelessNoteGrain : IGrainWithStringKey
{
    Task PingAsync();
}

public sealed class HomelessNoteGrain([PersistentState("note", "no such provider")] IPersistentState<Note> note) : Grain, IHomelessNoteGrain
{
    public Task PingAsync() => note.WriteStateAsync();
}
