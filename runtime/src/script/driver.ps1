# Runs a customer's script and writes its outcome as JSON into a file. What the script returns is the success stream;
# standard error is its own.
$answer = $env:RUNBOOK_ANSWER
$script = $env:RUNBOOK_SCRIPT
Remove-Item Env:RUNBOOK_ANSWER, Env:RUNBOOK_SCRIPT
try {
    $returned = & $script
    $outcome = @{ returned = $returned }
    $json = ConvertTo-Json -InputObject $outcome -Depth 100 -Compress -ErrorAction Stop
} catch {
    $place = $_.ScriptStackTrace
    $kind = $_.Exception.GetType().Name
    $outcome = @{ raised = "$place`n`n$kind - $($_.Exception.Message)" }
    $json = ConvertTo-Json -InputObject $outcome -Compress
}
[System.IO.File]::WriteAllText("$answer.unfinished", $json)
Move-Item -LiteralPath "$answer.unfinished" -Destination $answer
