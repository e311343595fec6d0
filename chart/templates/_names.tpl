{{/* The service that runs here. */}}
{{- define "slipway.service" -}}
{{- .Values.service.name | default .Chart.Name -}}
{{- end -}}

{{/* What a pod is found by: it never changes, for a selector can't. */}}
{{- define "slipway.selector" -}}
app.kubernetes.io/name: {{ include "slipway.service" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "slipway.labels" -}}
{{ include "slipway.selector" . }}
{{ include "slipway.commonLabels" . }}
{{- end -}}

{{/* Labels that say nothing of which pod it is. A tag may be longer than a label, and may begin and end with what a label must not. */}}
{{- define "slipway.commonLabels" -}}
app.kubernetes.io/version: {{ regexReplaceAll "^[^A-Za-z0-9]+|[^A-Za-z0-9]+$" (.Values.image.tag | default .Chart.AppVersion | trunc 63) "" | quote }}
app.kubernetes.io/component: {{ .Values.service.component | quote }}
app.kubernetes.io/part-of: {{ .Values.service.partOf | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "slipway.image" -}}
{{- $repository := .Values.image.repository | default (printf "localhost/slipway/%s" (include "slipway.service" .)) -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
